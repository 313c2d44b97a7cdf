/**
 * Partners, services and providers: what is published, drafts, versions, scopes that services ask, secrets, and the file
 * of all of it. A program acts by the operators' hand. What changes a key or a secret of something published waits for a
 * second operator, by whatever operation it comes.
 */
import { z } from 'zod'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { exportAside, parseAside } from '../partners/aside.ts'
import { type EntityKind, type Partners, type Scope, scopes } from '../partners/partners.ts'
import {
  type Editor,
  overlapDays,
  type PublishOutcome,
  type SecretOutcome,
  type Subject,
  scopeStates,
  type Versions,
} from '../partners/versions.ts'
import type { DestinationRules } from '../policy/destinations.ts'
import type { Ask } from './asking.ts'
import { type Answer, type Caller, done, type Operation, operation, refused } from './operations.ts'
import { type ProblemError, pointerOf, Refusal } from './problems.ts'
import {
  changesOf,
  DifferenceShape,
  DraftShape,
  draftOf,
  EntryShape,
  faultErrors,
  LookShape,
  lookOf,
  MadeShape,
  PublishedShape,
  RequestShape,
  requestOf,
  SecretsShape,
  SettingsShape,
  SummaryShape,
  secretsOf,
  VersionShape,
  versionOf,
} from './settings-shapes.ts'
import {
  Done,
  GivenInstant,
  instantIf,
  lineOf,
  Page,
  paged,
  pageOf,
  Reason,
  type Translated,
  translatedOf,
} from './shapes.ts'

export interface PartnerOperationsOptions {
  partners: Partners
  versions: Versions
  ask: Ask
  clock: Clock
  issuer: string
  /** Plain http on this machine. */
  allowHttp: boolean
  /** Where the hub may call. */
  destinations: DestinationRules
}

const FileShape = z
  .record(z.string(), z.unknown())
  .meta({ description: 'A partners file (docs/settings.md), as JSON.' })

/** A file cannot wait in part: what takes two operators goes by the draft of its entry. */
function refuseKeys(subjects: readonly Subject[]): never {
  const detail = 'changes a key or a secret of something published, which takes two operators'
  throw new Refusal('not-allowed', { errors: subjects.map(({ kind, id }) => ({ detail: `${kind} ${id} ${detail}` })) })
}

/** `line 1: partners[0].name is missing`: in the JSON of a request there are no lines. */
function faultInFile(fault: string): ProblemError {
  const [, path, detail] = /^(?:line \d+: )?(\S+) (.*)$/s.exec(fault) ?? []
  if (path === undefined || detail === undefined) return { detail: fault }
  return { pointer: `/file${path === 'file' ? '' : pointerOf(path)}`, detail }
}

const hand = ({ actor }: Caller): Editor => ({ hand: 'operators', actor })

/** What every verb of drafts and versions may answer: there is none of that name, or the asker may not. */
const denied = (kind: 'unknown' | 'forbidden') => refused(kind === 'unknown' ? 'not-found' : 'not-allowed')

const InService = z.strictObject({ service: z.string() })
const InScope = z.strictObject({ service: z.string(), scope: z.enum(scopes) })

const plurals = { partner: 'partners', service: 'services', provider: 'providers' } as const
const tags = { partner: 'Partners', service: 'Services', provider: 'Providers' } as const

/** Applying a file of some thousand entries. */
const fileLimit = 16 * 1024 * 1024

const why = Reason.exactOptional().meta({
  description: 'For the operator who confirms it, where it takes two: 10 to 500 characters.',
})

export function partnerOperations(options: PartnerOperationsOptions): Operation[] {
  const { partners, versions, ask, clock, issuer, allowHttp, destinations } = options

  /** What is published of it, as an entry. */
  async function settings(subject: Subject, caller: Caller): Promise<z.output<typeof SettingsShape> | undefined> {
    const [newest] = (await versions.history(subject, hand(caller), { limit: 1 })) ?? []
    if (newest?.state !== 'published') return undefined
    const look = await versions.lookBack(subject, newest.number, hand(caller))
    return look && { ...subject, partner: look.partner, version: newest.number, entry: look.entry }
  }

  async function publishAnswer(
    outcome: PublishOutcome,
    second: () => Promise<Answer<never>>,
  ): Promise<Answer<z.output<typeof PublishedShape>>> {
    switch (outcome.kind) {
      case 'published': {
        const { number, changes, asked } = outcome
        return done(
          { ...(number === undefined ? {} : { version: number }), changes: changesOf(changes), asked: [...asked] },
          number === undefined ? {} : { etag: number },
        )
      }
      case 'invalid':
        return refused('content-invalid', faultErrors(outcome.faults))
      case 'conflict':
        return refused('overtaken', outcome.draft ? { etag: outcome.draft.edit } : {})
      case 'second_needed':
        return second()
      case 'unknown':
      case 'forbidden':
        return denied(outcome.kind)
    }
  }

  async function secretAnswer(
    outcome: SecretOutcome,
    second: () => Promise<Answer<never>>,
  ): Promise<Answer<z.output<typeof MadeShape>>> {
    switch (outcome.kind) {
      case 'made': {
        const { secret, seen, olderUntil } = outcome
        return done({ secret, version: seen, ...instantIf('olderUntil', olderUntil) }, { etag: seen })
      }
      case 'ended':
        return done({ version: outcome.seen }, { etag: outcome.seen })
      case 'two_in_force':
        return refused('conflict', { detail: 'Two secrets are in force: the older one has to end first.' })
      case 'nothing_to_end':
        return refused('conflict', { detail: 'There is no older secret.' })
      case 'uses_keys':
        return refused('conflict', { detail: 'The service uses keys, and has no secret.' })
      case 'invalid':
        return refused('content-invalid', faultErrors(outcome.faults, ''))
      case 'conflict':
        return refused('overtaken', { etag: outcome.secrets.seen })
      case 'second_needed':
        return second()
      case 'unknown':
      case 'forbidden':
        return denied(outcome.kind)
    }
  }

  const lists: Record<
    EntityKind,
    (filter: { partner?: string; q?: string }) => Promise<z.output<typeof SummaryShape>[]>
  > = {
    partner: async ({ q }) =>
      [...(await partners.published()).partners.values()]
        .filter((one) => matches(one, q))
        .map(({ id, name }) => ({ id, partner: id, name: translatedOf(name) })),
    service: async ({ partner, q }) =>
      [...partners.registry().services.values()]
        .filter((one) => (partner === undefined || one.partner === partner) && matches(one, q))
        .map(({ id, partner: of, name, minimumLevel, sensitive }) => ({
          id,
          partner: of,
          name: translatedOf(name),
          minimumLevel,
          sensitive,
        })),
    provider: async ({ partner, q }) =>
      [...partners.registry().providers.values()]
        .filter((one) => (partner === undefined || one.partner === partner) && matches(one, q))
        .map(({ id, partner: of, name, allowedLevels }) => ({
          id,
          partner: of,
          name: translatedOf(name),
          allowedLevels: [...allowedLevels],
        })),
  }

  /** The same operations for each of the three kinds. */
  function ofKind(kind: EntityKind): Operation[] {
    const base = `/${plurals[kind]}`
    const one = `${base}/{${kind}}`
    const InSubject = z.strictObject({ [kind]: z.string() }).transform((places) => ({ id: places[kind] ?? '' }))
    const InVersion = z
      .strictObject({ [kind]: z.string(), number: z.string().regex(/^[1-9]\d{0,8}$/) })
      .transform((places) => ({ id: String(places[kind]), number: Number(places.number) }))
    const tag = tags[kind]
    const Name = `${kind[0]?.toUpperCase()}${kind.slice(1)}`
    const subjectOf = (id: string): Subject => ({ kind, id })
    const reads = { tag, scope: 'partners:read' } as const
    const writes = { tag, scope: 'partners:write' } as const
    const isNotPartner = kind !== 'partner'
    const clientSecret = z.string().max(512).nullable().exactOptional().meta({
      description: 'Of the connector: put aside, sealed, until it is published. Null takes back the one that was.',
    })
    const withSecret = kind === 'provider' ? { clientSecret } : {}

    return [
      operation({
        ...reads,
        id: `list${Name}s`,
        method: 'GET',
        path: base,
        summary: `The ${plurals[kind]} that are published`,
        query: z.strictObject({
          ...(isNotPartner ? { partner: z.string().exactOptional() } : {}),
          q: z.string().max(60).exactOptional().meta({ description: 'A part of the id or of a name.' }),
          ...Page,
        }),
        answers: pageOf(SummaryShape),
        async run({ query }) {
          const { q, partner, ...page } = query as typeof query & { partner?: string }
          const filter = { ...(q === undefined ? {} : { q }), ...(partner === undefined ? {} : { partner }) }
          return done(paged(await lists[kind](filter), page, ({ id }) => id))
        },
      }),
      operation({
        ...reads,
        id: `get${Name}`,
        method: 'GET',
        path: one,
        summary: 'What is published of it',
        params: InSubject,
        answers: SettingsShape,
        tagged: true,
        async run({ params: { id }, caller }) {
          const found = await settings(subjectOf(id), caller)
          return found ? done(found, { etag: found.version }) : refused('not-found')
        },
      }),
      operation({
        ...writes,
        id: `put${Name}`,
        method: 'PUT',
        path: one,
        summary: 'Publish an entry in one step',
        description:
          'Opens a draft, saves the entry in it and publishes it. Where somebody works on a draft, nothing is done (409). If-Match names the version that is published; it is left out for something new.',
        params: InSubject,
        body: z.strictObject({
          entry: EntryShape,
          ...(isNotPartner ? { partner: z.string().exactOptional() } : {}),
          ...withSecret,
          reason: why,
        }),
        answers: PublishedShape,
        tagged: true,
        conditional: 'optional',
        twoOperators: true,
        problems: ['conflict', 'not-allowed', 'version-missing'],
        async run({ params: { id }, body, seen, caller }) {
          const {
            reason = '',
            partner,
            ...given
          } = body as typeof body & { partner?: string; clientSecret?: string | null }
          const subject = subjectOf(id)
          const editor = hand(caller)
          const before = await settings(subject, caller)
          if (before && seen === undefined) return refused('version-missing')
          if (before?.version !== seen) return refused('overtaken', before ? { etag: before.version } : {})
          const opened = await versions.open(subject, editor, partner === undefined ? {} : { partner })
          if (opened.kind === 'refused') return refused('content-invalid', faultErrors(opened.faults))
          if (opened.kind === 'unknown') return refused('not-found')
          if (opened.kind === 'forbidden') return refused('not-allowed')
          if (opened.kind === 'there')
            return refused('conflict', { detail: 'There is a draft that somebody works on.' })
          const saved = await versions.save(subject, { ...given, edit: opened.draft.edit }, editor)
          if (saved.kind !== 'saved') {
            await versions.discard(subject, { edit: opened.draft.edit }, editor)
            return saved.kind === 'refused'
              ? refused('content-invalid', faultErrors(saved.faults))
              : refused('overtaken')
          }
          const { edit } = saved.draft
          const over = before ? { over: before.version } : {}
          const outcome = await versions.publish(subject, { edit, ...over }, editor)
          const answer = await publishAnswer(outcome, () =>
            ask({ kind: 'publish', parameters: { subject, edit, ...over } }, { caller, reason }),
          )
          if (answer.kind === 'refused') await versions.discard(subject, { edit }, editor)
          return answer
        },
      }),
      operation({
        ...reads,
        id: `list${Name}Versions`,
        method: 'GET',
        path: `${one}/versions`,
        summary: 'Its versions, the newest first',
        params: InSubject,
        query: z.strictObject({
          limit: Page.limit,
          cursor: z
            .string()
            .regex(/^\d{1,9}$/)
            .exactOptional(),
        }),
        answers: pageOf(VersionShape),
        async run({ params: { id }, query: { cursor, limit }, caller }) {
          const page = { limit: limit + 1, ...(cursor === undefined ? {} : { before: Number(cursor) }) }
          const found = await versions.history(subjectOf(id), hand(caller), page)
          if (!found) return refused('not-found')
          const items = found.slice(0, limit)
          const last = items.at(-1)
          return done({
            items: items.map(versionOf),
            ...(found.length > limit && last ? { next: String(last.number) } : {}),
          })
        },
      }),
      operation({
        ...reads,
        id: `get${Name}Version`,
        method: 'GET',
        path: `${one}/versions/{number}`,
        summary: 'An older version, held against what is published now',
        params: InVersion,
        answers: LookShape,
        async run({ params: { id, number }, caller }) {
          const look = await versions.lookBack(subjectOf(id), number, hand(caller))
          return look ? done(lookOf(look)) : refused('not-found')
        },
      }),
      operation({
        ...writes,
        id: `undo${Name}`,
        method: 'POST',
        path: `${one}/versions/{number}/undo`,
        summary: 'Publish an older version again',
        description: 'As a new version, judged by the rules of today. If-Match names the version that is published.',
        params: InVersion,
        body: z.strictObject({ reason: why }),
        answers: PublishedShape,
        tagged: true,
        conditional: 'optional',
        twoOperators: true,
        problems: ['not-allowed', 'conflict'],
        async run({ params: { id, number }, body: { reason = '' }, seen, caller }) {
          const subject = subjectOf(id)
          const given = { number, ...(seen === undefined ? {} : { over: seen }) }
          return publishAnswer(await versions.undo(subject, given, hand(caller)), () =>
            ask({ kind: 'republish', parameters: { subject, ...given } }, { caller, reason }),
          )
        },
      }),
      ...(kind === 'service'
        ? [
            operation({
              ...writes,
              id: 'withdrawService',
              method: 'POST',
              path: `${one}/withdrawal`,
              summary: 'Take a service away: nobody signs in to it any more',
              description: 'An undo brings it back, with the data that is granted then.',
              params: InSubject,
              answers: Done,
              conditional: 'required',
              async run({ params: { id }, seen = -1, caller }) {
                const outcome = await versions.withdraw(id, { over: seen }, hand(caller))
                if (outcome.kind === 'withdrawn') return done({ done: true })
                if (outcome.kind !== 'conflict') return denied(outcome.kind)
                const { published: etag } = outcome
                return refused('overtaken', etag === undefined ? {} : { etag })
              },
            }),
          ]
        : []),
      operation({
        ...reads,
        id: `get${Name}Draft`,
        method: 'GET',
        path: `${one}/draft`,
        summary: 'The draft: its faults, and what its publication would change',
        params: InSubject,
        answers: LookShape,
        tagged: true,
        async run({ params: { id }, caller }) {
          const look = await versions.look(subjectOf(id), hand(caller))
          return look?.draft ? done(lookOf(look), { etag: look.draft.edit }) : refused('not-found')
        },
      }),
      operation({
        ...writes,
        id: `open${Name}Draft`,
        method: 'POST',
        path: `${one}/draft`,
        summary: 'Begin a draft',
        description: 'From what is published, or from an older version. Where there is one, it is that one.',
        params: InSubject,
        body: z.strictObject({
          from: z.int().min(1).exactOptional(),
          ...(isNotPartner ? { partner: z.string().exactOptional() } : {}),
        }),
        answers: DraftShape,
        tagged: true,
        problems: ['not-allowed'],
        async run({ params: { id }, body, caller }) {
          const given = body as { from?: number; partner?: string }
          const outcome = await versions.open(subjectOf(id), hand(caller), given)
          switch (outcome.kind) {
            case 'opened':
            case 'there':
              return done(draftOf(outcome.draft), { etag: outcome.draft.edit })
            case 'refused':
              return refused('content-invalid', faultErrors(outcome.faults, ''))
            case 'unknown':
            case 'forbidden':
              return denied(outcome.kind)
          }
        },
      }),
      operation({
        ...writes,
        id: `save${Name}Draft`,
        method: 'PUT',
        path: `${one}/draft`,
        summary: 'Save the draft, also while it has faults',
        params: InSubject,
        body: z.strictObject({
          entry: EntryShape,
          ...withSecret,
        }),
        answers: DraftShape,
        tagged: true,
        conditional: 'required',
        problems: ['not-allowed'],
        async run({ params: { id }, body, seen, caller }) {
          const given = {
            ...(body as { entry: Record<string, unknown>; clientSecret?: string | null }),
            edit: seen ?? 0,
          }
          const outcome = await versions.save(subjectOf(id), given, hand(caller))
          switch (outcome.kind) {
            case 'saved':
              return done(draftOf(outcome.draft), { etag: outcome.draft.edit })
            case 'conflict':
              return refused('overtaken', outcome.draft ? { etag: outcome.draft.edit } : {})
            case 'refused':
              return refused('content-invalid', faultErrors(outcome.faults))
            case 'unknown':
            case 'forbidden':
              return denied(outcome.kind)
          }
        },
      }),
      operation({
        ...writes,
        id: `discard${Name}Draft`,
        method: 'DELETE',
        path: `${one}/draft`,
        summary: 'Throw the draft away',
        params: InSubject,
        answers: z.undefined(),
        status: 204,
        conditional: 'required',
        problems: ['not-allowed'],
        async run({ params: { id }, seen, caller }) {
          const outcome = await versions.discard(subjectOf(id), { edit: seen ?? 0 }, hand(caller))
          switch (outcome.kind) {
            case 'discarded':
              return done(undefined)
            case 'conflict':
              return refused('overtaken', outcome.draft ? { etag: outcome.draft.edit } : {})
            case 'unknown':
            case 'forbidden':
              return denied(outcome.kind)
          }
        },
      }),
      operation({
        ...writes,
        id: `publish${Name}Draft`,
        method: 'POST',
        path: `${one}/draft/publish`,
        summary: 'Publish the draft',
        description:
          'If-Match names the draft, `over` the version that is published (absent: none is). With another key or secret of something published it waits for a second operator.',
        params: InSubject,
        body: z.strictObject({ over: z.int().exactOptional(), reason: why }),
        answers: PublishedShape,
        tagged: true,
        conditional: 'required',
        twoOperators: true,
        problems: ['not-allowed', 'conflict'],
        async run({ params: { id }, body: { over, reason = '' }, seen, caller }) {
          const subject = subjectOf(id)
          const given = { edit: seen ?? 0, ...(over === undefined ? {} : { over }) }
          return publishAnswer(await versions.publish(subject, given, hand(caller)), () =>
            ask({ kind: 'publish', parameters: { subject, ...given } }, { caller, reason }),
          )
        },
      }),
    ]
  }

  const requests: Operation[] = [
    operation({
      id: 'listDrafts',
      method: 'GET',
      path: '/drafts',
      tag: 'Drafts',
      scope: 'partners:read',
      summary: 'Drafts that are open',
      query: z.strictObject({ partner: z.string().exactOptional(), ...Page }),
      answers: pageOf(DraftShape),
      async run({ query: { partner, ...page }, caller }) {
        const all = await versions.drafts(hand(caller), partner === undefined ? {} : { partner })
        const found = paged(all, page, ({ kind, id }) => `${kind}/${id}`)
        return done({ ...found, items: found.items.map(draftOf) })
      },
    }),
    operation({
      id: 'listScopeRequests',
      method: 'GET',
      path: '/scope-requests',
      tag: 'Scopes',
      scope: 'partners:read',
      summary: 'Scopes that services ask, have, or were refused',
      query: z.strictObject({
        partner: z.string().exactOptional(),
        service: z.string().exactOptional(),
        state: z.enum(scopeStates).exactOptional(),
        ...Page,
      }),
      answers: pageOf(RequestShape),
      async run({ query: { cursor, limit, ...filter }, caller }) {
        const page = paged(
          await versions.scopes(hand(caller), filter),
          { cursor, limit },
          ({ service, scope }) => `${service} ${scope}`,
        )
        return done({ ...page, items: page.items.map(requestOf) })
      },
    }),
    operation({
      id: 'grantScope',
      method: 'POST',
      path: '/services/{service}/scopes/{scope}/grant',
      tag: 'Scopes',
      scope: 'scopes:grant',
      summary: 'Grant a scope that a service asks: a version with it is published',
      params: InScope,
      body: z.strictObject({ askedAt: GivenInstant.meta({ description: 'As the request has it.' }) }),
      answers: z.strictObject({ version: z.int() }),
      problems: ['conflict', 'not-allowed'],
      run: ({ params, body, caller }) =>
        decide(params, caller, (editor) =>
          versions.grantScope(params.service, { scope: params.scope, ...body }, editor),
        ) as Promise<Answer<{ version: number }>>,
    }),
    operation({
      id: 'refuseScope',
      method: 'POST',
      path: '/services/{service}/scopes/{scope}/refuse',
      tag: 'Scopes',
      scope: 'scopes:grant',
      summary: 'Refuse a scope that a service asks; the partner reads why',
      params: InScope,
      body: z.strictObject({ askedAt: GivenInstant, reason: lineOf(500) }),
      answers: RequestShape,
      problems: ['conflict', 'not-allowed'],
      run: ({ params, body, caller }) =>
        decide(params, caller, (editor) =>
          versions.refuseScope(params.service, { scope: params.scope, ...body }, editor),
        ) as Promise<Answer<z.output<typeof RequestShape>>>,
    }),
    operation({
      id: 'getSecrets',
      method: 'GET',
      path: '/services/{service}/secrets',
      tag: 'Services',
      scope: 'partners:read',
      summary: 'How many secrets of a service are in force, and until when',
      params: InService,
      answers: SecretsShape,
      tagged: true,
      async run({ params: { service }, caller }) {
        const found = await versions.secrets(service, hand(caller))
        return found ? done(secretsOf(found), { etag: found.seen }) : refused('not-found')
      },
    }),
    operation({
      id: 'rotateSecret',
      method: 'POST',
      path: '/services/{service}/secrets',
      tag: 'Services',
      scope: 'keys:rotate',
      summary: 'Make a new secret of a service',
      description:
        'Of a service that is published it waits for a second operator, who is told the secret. Of a draft of what has none yet it is in the answer, once.',
      params: InService,
      body: z.strictObject({
        overlap: z
          .int()
          .min(overlapDays.least)
          .max(overlapDays.most)
          .exactOptional()
          .meta({ description: `Days for which the older one goes on; ${overlapDays.usual} by default.` }),
        reason: why,
      }),
      answers: MadeShape,
      tagged: true,
      conditional: 'required',
      twoOperators: true,
      problems: ['conflict', 'not-allowed'],
      async run({ params: { service }, body: { reason = '', ...overlap }, seen = 0, caller }) {
        const given = { seen, ...overlap }
        return secretAnswer(await versions.rotateSecret(service, given, hand(caller)), () =>
          ask({ kind: 'rotate_secret', parameters: { service, ...given } }, { caller, reason }),
        )
      },
    }),
    operation({
      id: 'endOldSecret',
      method: 'POST',
      path: '/services/{service}/secrets/end-older',
      tag: 'Services',
      scope: 'keys:rotate',
      summary: 'End the older of two secrets at once',
      params: InService,
      body: z.strictObject({ reason: why }),
      answers: MadeShape,
      tagged: true,
      conditional: 'required',
      twoOperators: true,
      problems: ['conflict', 'not-allowed'],
      async run({ params: { service }, body: { reason = '' }, seen = 0, caller }) {
        return secretAnswer(await versions.endOldSecret(service, { seen }, hand(caller)), () =>
          ask({ kind: 'end_old_secret', parameters: { service, seen } }, { caller, reason }),
        )
      },
    }),
  ]

  type Decided = Awaited<ReturnType<Versions['grantScope']>>

  async function decide(
    { service, scope }: { service: string; scope: Scope },
    caller: Caller,
    verb: (editor: Editor) => Promise<Decided>,
  ): Promise<Answer<unknown>> {
    const outcome = await verb(hand(caller))
    switch (outcome.kind) {
      case 'granted':
        return done({ version: outcome.number })
      case 'refused':
        return done(requestOf(outcome.request))
      case 'invalid':
        return refused('content-invalid', faultErrors(outcome.faults, ''))
      case 'overtaken':
        return refused('conflict', { detail: `The scope ${scope} is not asked any more by ${service}, or anew.` })
      case 'unknown':
      case 'forbidden':
        return denied(outcome.kind)
    }
  }

  const files: Operation[] = [
    operation({
      id: 'exportPartners',
      method: 'GET',
      path: '/export',
      tag: 'Files',
      scope: 'partners:read',
      summary: 'What is published as a partners file, without secrets',
      description: 'Applied to the same hub it changes nothing. Drafts are not in it.',
      query: z.strictObject({ partner: z.string().exactOptional() }),
      answers: z.strictObject({ file: FileShape, warnings: z.array(z.string()) }),
      problems: ['not-found', 'conflict'],
      async run({ query: { partner } }) {
        const current = await partners.published()
        if (partner !== undefined && !current.partners.has(partner)) return refused('not-found')
        try {
          const { text, warnings } = await exportAside(current, {
            ...(partner === undefined ? {} : { partner }),
            allowHttp,
            destinations,
            issuer,
            now: clock.now(),
            format: 'json',
          })
          return done({ file: JSON.parse(text) as Record<string, unknown>, warnings })
        } catch (error) {
          if (!(error instanceof GarantError) || error.error !== 'settings_invalid') throw error
          const detail = 'Something published would be refused in a file by the settings of today.'
          return refused('conflict', { detail, errors: String(error.inside.faults).split('\n').map(faultInFile) })
        }
      },
    }),
    operation({
      id: 'applyFile',
      method: 'POST',
      path: '/apply',
      tag: 'Files',
      scope: 'partners:write',
      summary: 'Publish what a partners file says, all or nothing',
      description:
        'What the file does not name stays, unless `prune`. Secrets stay as they are in force (`kept`): a file that changes a key or a secret of something published is refused, because that takes two operators; publish that entry by its draft.',
      body: z.strictObject({ file: FileShape, prune: z.boolean().default(false), dryRun: z.boolean().default(false) }),
      answers: z.strictObject({
        applied: z.boolean(),
        differences: z.array(DifferenceShape),
        warnings: z.array(z.string()),
      }),
      problems: ['not-allowed'],
      bodyLimit: fileLimit,
      run: ({ body, caller }) => apply(body, caller),
    }),
  ]

  async function apply(
    { file: given, prune, dryRun }: { file: Record<string, unknown>; prune: boolean; dryRun: boolean },
    { actor }: Caller,
  ): Promise<Answer<{ applied: boolean; differences: z.output<typeof DifferenceShape>[]; warnings: string[] }>> {
    try {
      const file = await parseAside(JSON.stringify(given), { name: 'file', allowHttp, destinations })
      const warnings = partners.review(file, { prune })
      const differences = await partners.apply(file, { actor, prune, dryRun, judgeKeys: refuseKeys })
      return done({ applied: !dryRun, differences: differences.map((one) => ({ ...one })), warnings })
    } catch (error) {
      if (!(error instanceof GarantError) || error.error !== 'settings_invalid') throw error
      return refused('content-invalid', { errors: String(error.inside.faults).split('\n').map(faultInFile) })
    }
  }

  return [...(['partner', 'service', 'provider'] as const).flatMap(ofKind), ...requests, ...files]
}

function matches({ id, name }: { id: string; name: z.output<typeof Translated> }, q: string | undefined): boolean {
  if (q === undefined) return true
  const wanted = q.toLocaleLowerCase()
  return [id, name.fr, name.en, name.ar].some((text) => text.toLocaleLowerCase().includes(wanted))
}
