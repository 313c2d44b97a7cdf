/** A database of a run's own on a PostgreSQL server, dropped at the end whatever comes of the run. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** @param url of any database of the server; its role may create others */
export async function withDatabase<T>(url: string, work: (own: string) => Promise<T>): Promise<T> {
  const name = `garant_bench_${randomBytes(4).toString('hex')}`
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await run(`create database ${name}`)
  try {
    return await work(Object.assign(new URL(url), { pathname: `/${name}` }).href)
  } finally {
    await run(`drop database if exists ${name} with (force)`)
  }
}
