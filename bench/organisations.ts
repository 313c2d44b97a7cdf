/**
 * The register of organisations at the size of a country: how long `garant organisations import` takes and how much memory
 * its process has at most, for a first edition and for the next one, of which one organisation in a hundred says something
 * else; and how long questions take meanwhile.
 *
 *     DATABASE_URL=postgres://… node bench/organisations.ts [--organisations 1000000]
 *
 * On a database of its own, dropped at the end; without the variable on an embedded one, where nobody asks meanwhile.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { organisationsSchema } from '../src/directory/organisation-settings.ts'
import { createOrganisations, organisationRules } from '../src/directory/organisations.ts'
import { systemClock, toDate } from '../src/kernel/clock.ts'
import { day } from '../src/kernel/durations.ts'
import { openStorage, type Storage } from '../src/storage/storage.ts'
import { iceNumber, organisationHeader, organisationLines, sirenNumber } from '../test/support/organisations.ts'
import { timeCommand, writeSettings } from './command.ts'
import { withDatabase } from './database.ts'

const { values } = parseArgs({ options: { organisations: { type: 'string', default: '1000000' } } })
const all = Number(values.organisations)
const folder = mkdtempSync(join(tmpdir(), 'garant-bench-'))
const server = process.env.DATABASE_URL
const masterKey = randomBytes(32).toString('base64')

const words = ['Atlas', 'Riad', 'Souss', 'Rif', 'Oasis', 'Médina', 'Cèdre', 'Argan', 'Kasbah', 'Tafraout']
const letters = (count: number) =>
  [...String(count).padStart(7, '0')].map((digit) => String.fromCharCode(97 + Number(digit))).join('')

/** Every second organisation has two representatives. In the second edition one in a hundred has another name or manager. */
function entry(count: number, edition: 1 | 2) {
  const changed = edition === 2 && count % 100 === 7
  const human = (n: number) => ({
    identity: {
      family_name: `${words[n % 10]} ${letters(n)}`,
      given_name: 'Amina Zohra',
      birthdate: toDate(Date.UTC(1950, 0, 1) + (n % 15_000) * day)
        .toISOString()
        .slice(0, 10),
    },
    role: 'gérante',
  })
  const first = human(changed && count % 200 === 7 ? count + 3 * all : count)
  return {
    name: `${words[count % 10]} ${words[Math.floor(count / 10) % 10]} ${letters(count)}${changed ? ' Groupe' : ''}`,
    kind: 'SARL',
    ice: iceNumber(count),
    ...(count % 3 === 0 ? { siren: sirenNumber(count) } : {}),
    representatives: count % 2 === 0 ? [first, human(count + all)] : [first],
  }
}

async function writeRegister(edition: 1 | 2): Promise<string> {
  const file = join(folder, `organisations-${edition}.csv`)
  const out = createWriteStream(file)
  out.write(`${organisationHeader}\n`)
  for (let count = 1; count <= all; count += 1) {
    if (!out.write(`${organisationLines([entry(count, edition)]).join('\n')}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
  return file
}

function runImport(file: string, url: string | undefined, settings: string): Promise<void> {
  const extracted = toDate(systemClock.now()).toISOString().slice(0, 10)
  const args = ['organisations', 'import', file, '--extracted', extracted, '--config', settings]
  return timeCommand(args, url === undefined ? undefined : { url, masterKey })
}

/** Between two questions. */
const pause = 20

/** Asks for organisations by their numbers until `ended`, as a page does that somebody reads. */
async function askUntil(storage: Storage, ended: Promise<void>): Promise<void> {
  const rules = organisationRules(organisationsSchema.parse(undefined))
  const audit = { append: () => {} }
  const organisations = createOrganisations({ storage, clock: systemClock, audit, rules, key: Buffer.alloc(32, 5) })
  const times: number[] = []
  let over = false
  void ended.finally(() => {
    over = true
  })
  for (let count = 1; !over; count = ((count + 7919) % all) + 1) {
    const begun = performance.now()
    await organisations.byNumber('ice', iceNumber(count))
    times.push(performance.now() - begun)
    await delay(pause)
  }
  const sorted = times.sort((a, b) => a - b)
  const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)} ms`
  console.log(`${sorted.length} questions meanwhile: median ${at(0.5)}, 99 % ${at(0.99)}, most ${at(1)}`)
}

async function run(url: string | undefined): Promise<void> {
  const settings = writeSettings(folder)
  for (const edition of [1, 2] as const) {
    const file = await writeRegister(edition)
    console.log(`\nedition ${edition}: ${(statSync(file).size / 1e6).toFixed(0)} MB`)
    const imported = runImport(file, url, settings)
    if (url && edition === 2) {
      const location = { kind: 'server', url } as const
      const storage = await openStorage({ location, clock: systemClock, stateKey: Buffer.alloc(32) })
      await Promise.all([imported, askUntil(storage, imported)])
      const { rows } = await sql<{
        size: string
      }>`select pg_size_pretty(pg_database_size(current_database())) as size`.execute(storage.db)
      console.log(`the database has ${rows[0]?.size}`)
      await storage.close()
    } else await imported
    rmSync(file)
  }
}

try {
  await (server ? withDatabase(server, run) : run(undefined))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
