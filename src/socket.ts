/**
 * How the command line reaches a hub that holds an embedded database: a Unix socket in the data folder, for the owner
 * of the process only. One request, a JSON line; then lines of output as they come, and the exit code. What a verb does
 * is `verbs.ts`.
 */
import { chmodSync, existsSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import { second } from './kernel/durations.ts'
import { GarantError } from './kernel/errors.ts'
import type { Out, VerbRequest } from './request.ts'

export interface AdminSocket {
  /** Takes no new request, and resolves when those under way are answered. */
  close(): Promise<void>
}

export interface SocketOptions {
  /** The data folder. */
  folder: string
  /** Carries out one request and returns the exit code. Never throws. */
  run(request: VerbRequest, out: Out): Promise<number>
}

const requestSchema = z.strictObject({ verb: z.string(), args: z.record(z.string(), z.unknown()) })

/** A partners file of some thousand services, with its logos, is far smaller. */
const requestLimit = 32 * 1024 * 1024

/** The request is sent at once by a program on this machine. */
const requestTimeout = 10 * second

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, with the zero at its end. */
const longestPath = 103

const fileName = 'garant.sock'

/**
 * Opens the socket. A file left by a process that was killed is replaced.
 *
 * @throws GarantError `data_folder_busy` when a hub already answers there
 */
export async function openSocket(options: SocketOptions): Promise<AdminSocket> {
  const { folder, run } = options
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  await clearStale(folder)
  /** Connections whose request has not come. */
  const idle = new Set<Socket>()
  const server = createServer((socket) => {
    // A client that leaves does not stop its verb: what it began is finished.
    socket.on('error', () => {})
    idle.add(socket)
    void readRequest(socket).then(async (request) => {
      idle.delete(socket)
      await answer(socket, request, run)
    })
  })
  await listen(server, folder)
  return {
    close: () =>
      new Promise((resolve) => {
        // Closing removes the file by the name that it was bound by, so from the same place. It waits for connections.
        at(folder, () => server.close(() => resolve()))
        for (const socket of idle) socket.destroy()
      }),
  }
}

/** Only a socket is removed, and only one that nobody answers on. */
async function clearStale(folder: string): Promise<void> {
  const path = join(folder, fileName)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error(`${path} is not a socket: move it away`)
  const socket = await connect(folder)
  if (socket) {
    socket.destroy()
    throw new GarantError('data_folder_busy', { folder })
  }
  rmSync(path, { force: true })
}

function listen(server: Server, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    // Binding happens inside `listen`, so the file never exists with another mode than 0600.
    const mask = process.umask(0o177)
    try {
      at(folder, (path) => server.listen({ path }))
    } finally {
      process.umask(mask)
    }
  })
}

/** The socket of a hub that answers, or undefined. */
function connect(folder: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    if (!existsSync(folder)) return resolve(undefined)
    const socket = at(folder, (path) => createConnection({ path }))
    const fail = (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error)
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.off('error', fail)
      resolve(socket)
    })
  })
}

/**
 * Calls `use` with a path of the socket that is short enough. A long one is replaced by the bare file name, from inside
 * the folder: `use` binds or connects before it returns, so the present folder of the process is back before anything
 * else runs.
 */
function at<T>(folder: string, use: (path: string) => T): T {
  const path = join(folder, fileName)
  if (Buffer.byteLength(path) <= longestPath) return use(path)
  const before = process.cwd()
  process.chdir(folder)
  try {
    return use(fileName)
  } finally {
    process.chdir(before)
  }
}

async function answer(socket: Socket, request: VerbRequest | undefined, run: SocketOptions['run']): Promise<void> {
  const send = (message: Message) => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
  }
  if (!request) {
    send({ warning: 'The request could not be read: are the command and the hub of one version?' })
    send({ exit: 1 })
  } else {
    const out: Out = {
      line: (line) => send({ line }),
      warn: (warning) => send({ warning }),
      progress: (progress) => send({ progress }),
    }
    send({ exit: await run(request, out) })
  }
  socket.end()
}

async function readRequest(socket: Socket): Promise<VerbRequest | undefined> {
  const text = await firstLine(socket)
  if (text === undefined) return undefined
  try {
    return requestSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Up to the first line end; undefined when it is too long, too slow, or does not come. */
function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (line: string | undefined) => {
      clearTimeout(timer)
      socket.off('data', take)
      // Read on, so that the end of the connection is seen.
      socket.resume()
      resolve(line)
    }
    const timer = setTimeout(() => finish(undefined), requestTimeout)
    const take = (chunk: Buffer) => {
      const end = chunk.indexOf(0x0a)
      chunks.push(end < 0 ? chunk : chunk.subarray(0, end))
      size += chunk.length
      if (size > requestLimit) finish(undefined)
      else if (end >= 0) finish(Buffer.concat(chunks).toString('utf8'))
    }
    socket.on('data', take)
    socket.once('close', () => finish(undefined))
    socket.once('end', () => finish(undefined))
  })
}

/** What comes back, one a line. */
type Message = { line: string } | { warning: string } | { progress: string } | { exit: number }

/**
 * Sends a request to the hub that holds the folder.
 *
 * @returns the exit code; undefined when no hub answers there
 */
export async function callSocket(folder: string, request: VerbRequest, out: Out): Promise<number | undefined> {
  const socket = await connect(folder)
  if (!socket) return undefined
  socket.write(`${JSON.stringify(request)}\n`)
  let exit: number | undefined
  for await (const message of messages(socket)) {
    if ('line' in message) out.line(message.line)
    else if ('warning' in message) out.warn(message.warning)
    else if ('progress' in message) out.progress?.(message.progress)
    else exit = message.exit
  }
  if (exit !== undefined) return exit
  out.warn('The hub stopped before it answered. Run the command again: what was done already is not done twice.')
  return 1
}

async function* messages(socket: Socket): AsyncGenerator<Message> {
  let rest = ''
  try {
    for await (const chunk of socket.setEncoding('utf8')) {
      const lines = `${rest}${String(chunk)}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield JSON.parse(line) as Message
    }
  } catch {
    // A connection that breaks ends the messages: the missing exit code says it all.
  }
}
