/**
 * What services are told of people beside that they are there: asked by their partner with a reason, granted or refused by
 * operators, one scope at a time. A grant is a version of the service with the scope in it.
 */
import type { ServiceId } from '../kernel/ids.ts'
import type { Tx } from '../storage/storage.ts'
import { draftEntry } from './export.ts'
import { oneLineProblem } from './fields.ts'
import { fault } from './judgement.ts'
import { entityOf } from './plan.ts'
import { problem } from './problems.ts'
import { type Editor, type GrantOutcome, justificationLimits, type ScopeRequest, type Versions } from './versions.ts'
import { scopes as allScopes } from './vocabulary.ts'
import type { Workshop } from './workshop.ts'

export function createScopeGrants(workshop: Workshop): Pick<Versions, 'scopes' | 'grantScope' | 'refuseScope'> {
  const { storage, clock, audit, store, snapshot } = workshop

  async function decide(
    service: ServiceId,
    { scope, askedAt }: Pick<ScopeRequest, 'scope' | 'askedAt'>,
    editor: Editor,
    work: (tx: Tx, request: ScopeRequest, held: Awaited<ReturnType<Workshop['hold']>>) => Promise<GrantOutcome>,
  ): Promise<GrantOutcome> {
    if (editor.hand === 'partner') return { kind: 'forbidden' }
    await snapshot.refresh()
    const outcome = await storage.transaction(async (tx): Promise<GrantOutcome> => {
      const held = await workshop.hold(tx)
      const request = await store.lockScope(tx, service, scope)
      if (request?.state !== 'asked' || request.askedAt !== askedAt || !held.current.services.has(service)) {
        return { kind: 'overtaken', ...(request ? { request } : {}) }
      }
      return work(tx, request, held)
    })
    await snapshot.refresh()
    return outcome
  }

  return {
    async scopes(editor, filter = {}) {
      const own = editor.hand === 'partner' ? { partner: editor.partner } : {}
      if (own.partner !== undefined && filter.partner !== undefined && filter.partner !== own.partner) return []
      return store.scopes(storage.db, { ...filter, ...own })
    },

    grantScope: (service, { scope, askedAt }, editor) =>
      decide(service, { scope, askedAt }, editor, async (tx, { justification, partner }, held) => {
        const subject = { kind: 'service' as const, id: service }
        const present = entityOf(held.current, subject)
        if (present?.kind !== 'service') return { kind: 'unknown' }
        const { settings } = present
        const wider = {
          ...settings,
          scopes: allScopes.filter((one) => one === scope || settings.scopes.includes(one)),
          ...(justification === undefined
            ? {}
            : { justifications: { ...settings.justifications, [scope]: justification } }),
        }
        const entity = { ...present, settings: wider }
        const tried = { subject, partner, entry: draftEntry(entity), secrets: [], again: true as const }
        const { faults } = await workshop.judge(tx, tried, { current: held.current, editor })
        if (faults.length > 0) return { kind: 'invalid', faults }
        if (editor.hand === 'operators') await editor.confirm?.(tx)
        const last = await store.last(tx, subject)
        const number = await workshop.publishAsIs(tx, { entity, last, held, editor, cause: 'grant' })
        return { kind: 'granted', number }
      }),

    refuseScope: async (service, { scope, askedAt, reason }, editor) => {
      const { most } = justificationLimits
      if (reason.length > most || oneLineProblem(reason)) {
        return { kind: 'invalid', faults: [fault('reason', problem('reason_length', { most }))] }
      }
      return decide(service, { scope, askedAt }, editor, async (tx, request) => {
        const { actor } = editor
        const at = clock.now()
        await store.refuseScope(tx, request, { actor, at, reason })
        audit.append(tx, { name: 'service.scope_refused', data: { service, scope, actor } })
        return { kind: 'refused', request: { ...request, state: 'refused', decidedBy: actor, decidedAt: at, reason } }
      })
    },
  }
}
