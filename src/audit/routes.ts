/**
 * The public keys of the journal, for everybody: who was handed a receipt verifies it with them, and need not ask an
 * operator. Whoever trusts the hub less keeps a copy of an earlier day: a key that signed is never taken out.
 */
import type { Web } from '../http/http.ts'
import { type JournalKeys, writeJournalKeys } from './heads.ts'

export const journalKeysPath = '/journal/keys'

/** @param keys asked for each request: they rotate */
export function mountJournalKeys({ web, keys }: { web: Web; keys: () => JournalKeys }): void {
  web.app.get(journalKeysPath, { config: { access: 'public', machine: true } }, async (_request, reply) =>
    reply
      .type('application/json; charset=utf-8')
      .headers({
        'cache-control': 'public, max-age=3600',
        'content-disposition': 'attachment; filename="journal-keys.json"',
      })
      .send(writeJournalKeys(keys())),
  )
}
