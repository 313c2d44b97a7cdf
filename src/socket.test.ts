import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, test } from 'node:test'
import { GarantError } from './kernel/errors.ts'
import type { Out, VerbRequest } from './request.ts'
import { callSocket, openSocket } from './socket.ts'

const root = mkdtempSync(join(tmpdir(), 'garant-socket-'))
after(() => rmSync(root, { recursive: true }))

let count = 0
const newFolder = () => join(root, `data-${count++}`)
const request: VerbRequest = { verb: 'greet', args: { name: 'été' } }

function recorder(): Out & { lines: string[] } {
  const lines: string[] = []
  return { lines, line: (line) => void lines.push(line), warn: (warning) => void lines.push(`! ${warning}`) }
}

const greet = async ({ args }: VerbRequest, out: Out) => {
  out.line(`hello ${String(args.name)}`)
  out.warn('mind the step')
  return 4
}

describe('the socket of an embedded hub', () => {
  test('carries a request, streams the lines, gives the exit code', async () => {
    const folder = newFolder()
    const socket = await openSocket({ folder, run: greet })
    const out = recorder()
    assert.equal(await callSocket(folder, request, out), 4)
    assert.deepEqual(out.lines, ['hello été', '! mind the step'])
    await socket.close()
  })

  test('lines come while the verb still runs', async () => {
    const folder = newFolder()
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const socket = await openSocket({
      folder,
      run: async (_request, out) => {
        out.line('begun')
        await released
        return 0
      },
    })
    // The verb ends only when its first line was read.
    const exit = await callSocket(folder, request, { line: release, warn: assert.fail })
    assert.equal(exit, 0)
    await socket.close()
  })

  test('is for its owner only', async () => {
    const folder = newFolder()
    mkdirSync(folder, { mode: 0o755 })
    const socket = await openSocket({ folder, run: greet })
    assert.equal(statSync(join(folder, 'garant.sock')).mode & 0o777, 0o600)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    await socket.close()
    assert.equal(existsSync(join(folder, 'garant.sock')), false)
  })

  test('nobody answers where no hub is', async () => {
    assert.equal(await callSocket(newFolder(), request, recorder()), undefined)
    const folder = newFolder()
    mkdirSync(folder)
    assert.equal(await callSocket(folder, request, recorder()), undefined)
  })

  test('works in a folder whose path is longer than a socket address', async () => {
    const folder = join(newFolder(), 'a'.repeat(120), 'b'.repeat(120))
    const before = process.cwd()
    const socket = await openSocket({ folder, run: greet })
    const out = recorder()
    assert.equal(await callSocket(folder, request, out), 4)
    assert.equal(process.cwd(), before)
    await socket.close()
    assert.equal(existsSync(join(folder, 'garant.sock')), false)
    assert.equal(await callSocket(folder, request, out), undefined)
  })

  test('a file left by a killed process is replaced', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const source = `require('node:net').createServer().listen(${JSON.stringify(join(folder, 'garant.sock'))}, () => process.send('up'))`
    const file = join(root, 'killed.cjs')
    writeFileSync(file, source)
    const child = fork(file)
    await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.equal(existsSync(join(folder, 'garant.sock')), true)
    assert.equal(await callSocket(folder, request, recorder()), undefined)
    const socket = await openSocket({ folder, run: greet })
    assert.equal(await callSocket(folder, request, recorder()), 4)
    await socket.close()
  })

  test('a second hub on the folder is refused, and a file that is no socket is left alone', async () => {
    const folder = newFolder()
    const socket = await openSocket({ folder, run: greet })
    await assert.rejects(
      openSocket({ folder, run: greet }),
      (error) => error instanceof GarantError && error.error === 'data_folder_busy',
    )
    assert.equal(await callSocket(folder, request, recorder()), 4)
    await socket.close()
    const other = newFolder()
    mkdirSync(other)
    writeFileSync(join(other, 'garant.sock'), 'precious')
    await assert.rejects(openSocket({ folder: other, run: greet }), /is not a socket/)
    assert.equal(statSync(join(other, 'garant.sock')).size, 8)
  })

  test('what is no request gets an answer, and runs nothing', async () => {
    const folder = newFolder()
    const socket = await openSocket({ folder, run: async () => assert.fail('ran') })
    for (const junk of ['hello\n', '{"verb": 1}\n', '{"verb": "a", "args": {}, "more": 1}\n', '[]\n']) {
      const client = createConnection(join(folder, 'garant.sock'))
      client.write(junk)
      assert.match(await text(client), /could not be read.*\n\{"exit":1\}\n$/s)
    }
    await socket.close()
  })

  test('closing waits for a verb under way, not for a connection that asks nothing', async () => {
    const folder = newFolder()
    let begin = () => {}
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const socket = await openSocket({
      folder,
      run: async () => {
        begin()
        await released
        return 0
      },
    })
    const silent = createConnection(join(folder, 'garant.sock'))
    await once(silent, 'connect')
    const answer = callSocket(folder, request, recorder())
    await begun
    const closing = socket.close()
    release()
    assert.equal(await answer, 0)
    await closing
    silent.destroy()
  })

  test('a hub that dies before it answers is told', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const dying = createServer((connection) => connection.once('data', () => connection.destroy()))
    await new Promise<void>((resolve) => dying.listen(join(folder, 'garant.sock'), resolve))
    const out = recorder()
    assert.equal(await callSocket(folder, request, out), 1)
    assert.match(out.lines[0] ?? '', /stopped before it answered/)
    await new Promise((resolve) => dying.close(resolve))
  })
})
