/**
 * A journal that only remembers, for the tests of rooms that append facts: what was appended in transactions that
 * committed. The journal itself has its own tests.
 */
import type { Audit } from '../../src/audit/audit.ts'
import type { Fact, FactName } from '../../src/audit/facts.ts'
import type { Storage } from '../../src/storage/storage.ts'

export interface FactRecorder {
  audit: Audit
  /** All facts so far, oldest first. */
  facts: Fact[]
  /** The data of the facts of one name. */
  of<N extends FactName>(name: N): Extract<Fact, { name: N }>['data'][]
  clear(): void
}

export function recordFacts(storage: () => Storage): FactRecorder {
  const facts: Fact[] = []
  const absent = () => Promise.reject(new Error('this journal only remembers'))
  return {
    facts,
    audit: {
      append: (tx, ...added) => storage().beforeCommit(tx, async () => void facts.push(...added)),
      react: () => {},
      start: absent,
      stop: absent,
      deliver: absent,
      sealNow: absent,
      expire: absent,
    } as Partial<Audit> as Audit,
    of: (name) => facts.flatMap((fact) => (fact.name === name ? [fact.data as never] : [])),
    clear: () => void facts.splice(0),
  }
}
