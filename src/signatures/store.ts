/** Every statement on the tables of signatures. What proves one rests sealed; nothing is changed but whose it is. */
import { hash } from 'node:crypto'
import { sql } from 'kysely'
import type { Level } from '../kernel/assurance.ts'
import { toDate } from '../kernel/clock.ts'
import type { LinkId, PersonId, SignatureId } from '../kernel/ids.ts'
import { seal, unseal } from '../kernel/secrets.ts'
import type { SigningWay } from '../policy/signing.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { About, Signature } from './signatures.ts'

interface Row {
  id: SignatureId
  person_id: PersonId
  link_id: LinkId
  about_kind: About['kind']
  about_id: About['id']
  side: About['side']
  way: SigningWay
  level: Level
  at: Date
  hash: string
  content: Buffer
  list: Buffer | null
}

/** What is not told by a column. Bytes in base64. */
type Content = Omit<
  Signature,
  'signature' | 'person' | 'about' | 'way' | 'level' | 'at' | 'hash' | 'value' | 'chain' | 'revocation' | 'webauthn'
> & {
  value: string
  chain: string[]
  /** Without an answer: it is a list, and lies beside. */
  revocation?: Omit<NonNullable<Signature['revocation']>, 'answer'> & { answer?: string }
  webauthn?: { authenticatorData: string; clientDataJSON: string }
}

const bytes = (text: string) => Buffer.from(text, 'base64')
const text = (buffer: Buffer) => buffer.toString('base64')

export function createStore(key: Buffer) {
  const place = (id: SignatureId) => `signature ${id}`

  function signatureIn(row: Row): Signature {
    const { authentication, value, chain, revocation, webauthn, ...rest }: Content = JSON.parse(
      unseal(key, row.content, place(row.id)).toString('utf8'),
    )
    const answer = revocation?.answer === undefined ? row.list : bytes(revocation.answer)
    return {
      ...rest,
      signature: row.id,
      person: row.person_id,
      about: { kind: row.about_kind, id: row.about_id, side: row.side },
      way: row.way,
      level: row.level,
      at: row.at.getTime(),
      hash: row.hash,
      value: bytes(value),
      chain: chain.map(bytes),
      ...(revocation && answer ? { revocation: { ...revocation, answer } } : {}),
      ...(webauthn
        ? {
            webauthn: {
              authenticatorData: bytes(webauthn.authenticatorData),
              clientDataJSON: bytes(webauthn.clientDataJSON),
            },
          }
        : {}),
      authentication: { ...authentication, link: row.link_id },
    }
  }

  function contentOf(signature: Signature): Buffer {
    const { signature: id, person: _p, about: _a, way: _w, level: _l, at: _t, hash: _h, ...rest } = signature
    const { value, chain, revocation, webauthn, ...plain } = rest
    const isList = revocation?.by === 'crl'
    const content: Content = {
      ...plain,
      value: text(value),
      chain: chain.map(text),
      ...(revocation
        ? {
            revocation: {
              by: revocation.by,
              at: revocation.at,
              until: revocation.until,
              ...(isList ? {} : { answer: text(revocation.answer) }),
            },
          }
        : {}),
      ...(webauthn
        ? {
            webauthn: {
              authenticatorData: text(webauthn.authenticatorData),
              clientDataJSON: text(webauthn.clientDataJSON),
            },
          }
        : {}),
    }
    return seal(key, JSON.stringify(content), place(id))
  }

  const columns = sql`s.id, s.person_id, s.link_id, s.about_kind, s.about_id, s.side, s.way, s.level, s.at, s.hash,
    s.content, l.list`
  const joined = sql`signatures s left join signature_lists l on l.digest = s.list_digest`

  return {
    async insert(tx: Tx, signature: Signature): Promise<void> {
      const { signature: id, person, about, way, level, at, revocation, authentication } = signature
      const list = revocation?.by === 'crl' ? revocation.answer : undefined
      const digest = list ? hash('sha256', list, 'buffer') : null
      if (list) {
        await sql`insert into signature_lists (digest, list) values (${digest}, ${list})
          on conflict (digest) do nothing`.execute(tx)
      }
      await sql`insert into signatures
          (id, person_id, link_id, about_kind, about_id, side, way, level, at, hash, content, list_digest)
        values (${id}, ${person}, ${authentication.link}, ${about.kind}, ${about.id}, ${about.side}, ${way}, ${level},
          ${toDate(at)}, ${signature.hash}, ${contentOf(signature)}, ${digest})`.execute(tx)
    },

    async read(handle: Handle, id: SignatureId): Promise<Signature | undefined> {
      const { rows } = await sql<Row>`select ${columns} from ${joined} where s.id = ${id}`.execute(handle)
      return rows[0] && signatureIn(rows[0])
    },

    async about(handle: Handle, { kind, id }: Pick<About, 'kind' | 'id'>): Promise<Signature[]> {
      const { rows } = await sql<Row>`select ${columns} from ${joined}
        where s.about_kind = ${kind} and s.about_id = ${id} order by s.at, s.id`.execute(handle)
      return rows.map(signatureIn)
    },

    async ofPerson(handle: Handle, person: PersonId): Promise<Signature[]> {
      const { rows } = await sql<Row>`select ${columns} from ${joined}
        where s.person_id = ${person} order by s.at, s.id`.execute(handle)
      return rows.map(signatureIn)
    },

    async forget(tx: Tx, { kind, id }: Pick<About, 'kind' | 'id'>): Promise<void> {
      const { rows } = await sql<{ list_digest: Buffer | null }>`delete from signatures
        where about_kind = ${kind} and about_id = ${id} returning list_digest`.execute(tx)
      const lists = rows.flatMap(({ list_digest }) => list_digest ?? [])
      if (lists.length === 0) return
      await sql`delete from signature_lists l where l.digest = any(${lists}::bytea[])
        and not exists (select from signatures s where s.list_digest = l.digest)`.execute(tx)
    },

    /** Those that were made while signed in by one of these accounts; all without accounts. */
    async give(
      tx: Tx,
      { from, to, links }: { from: PersonId; to: PersonId; links?: LinkId[] },
    ): Promise<SignatureId[]> {
      const { rows } = await sql<{ id: SignatureId }>`update signatures set person_id = ${to}
        where person_id = ${from} and (${links === undefined} or link_id = any(${links ?? []}::text[]))
        returning id`.execute(tx)
      return rows.map(({ id }) => id)
    },
  }
}
