/** What the process that answers runs with, and the public parts of the hub's keys as files. */
import type { FastifyReply } from 'fastify'
import { writeJournalKeys } from '../audit/audit.ts'
import type { Key, Purpose } from '../keys/keys.ts'
import { consolePaths } from './frame.ts'
import { settingsPage } from './settings-pages.ts'
import { allow, type ConsoleOptions, frameOf } from './visit.ts'

const purposes: readonly Purpose[] = ['id-token', 'client', 'decryption', 'journal']

export function mountSettings(options: ConsoleOptions): void {
  const { web, storage, keys, certificates, clock, running, issuer } = options
  const { app } = web
  const all = (): Key[] => purposes.flatMap((purpose) => keys.of(purpose))

  app.get(consolePaths.settings, allow('settings'), async (request, reply) => {
    const database = { kind: storage.kind, ...(await storage.about()) }
    const view = { running, database, keys: all(), certificates: certificates.loaded(), now: clock.now() }
    return web.page(request, reply, settingsPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(consolePaths.publicKeys, allow('settings'), async (_request, reply) =>
    file(reply, 'keys.json').send(JSON.stringify({ keys: all().map(({ publicJwk }) => publicJwk) }, null, 2)),
  )

  app.get(consolePaths.journalKeys, allow('settings'), async (_request, reply) =>
    file(reply, 'journal-keys.json').send(
      writeJournalKeys({ origin: issuer, keys: keys.of('journal').map(({ publicJwk }) => publicJwk) }),
    ),
  )
}

const file = (reply: FastifyReply, name: string) =>
  reply.type('application/json; charset=utf-8').header('content-disposition', `attachment; filename="${name}"`)
