/** The draft that a trial is about, as it is now: a trial follows it, so that a mended field can be tried at once. */
import type { Partners, Provider, Service } from '../partners/partners.ts'
import { activeState } from '../partners/suspensions.ts'
import type { Editor, Versions } from '../partners/versions.ts'
import type { TrialSubject } from './trial.ts'

/** What is tried of a draft. */
export interface Tryable {
  partner: string
  /** Of the draft: what was seen of another one says nothing of this one. */
  edit: number
  /** Absent while a field of the draft is wrong. */
  settings?: { kind: 'service'; service: Service } | { kind: 'provider'; provider: Provider }
}

export interface Drafts {
  /** Undefined when there is no such draft. */
  find(subject: TrialSubject): Promise<Tryable | undefined>
}

/** Trials read; who may is decided at the door of their pages. */
const reader: Editor = { hand: 'operators', actor: { kind: 'hub' } }

/** Drafts remembered by each process: a login of a trial asks several times. */
const mostRemembered = 200

export function createDrafts({
  versions,
  partners,
}: {
  versions: Pick<Versions, 'draft' | 'look'>
  partners: Pick<Partners, 'registry'>
}): Drafts {
  const remembered = new Map<string, { state: string; tryable: Tryable }>()

  return {
    async find(subject) {
      const draft = await versions.draft(subject, reader)
      if (!draft) return undefined
      const key = `${subject.kind}/${subject.id}`
      // What is published counts too: secrets in force are those of the published version.
      const state = `${draft.edit}/${draft.savedAt}/${partners.registry().version}`
      const known = remembered.get(key)
      if (known?.state === state) return known.tryable
      const look = await versions.look(subject, reader)
      if (!look?.draft) return undefined
      const tryable: Tryable = { partner: look.partner, edit: look.draft.edit, ...settingsIn(look.candidate) }
      remembered.delete(key)
      remembered.set(key, { state, tryable })
      if (remembered.size > mostRemembered) remembered.delete([...remembered.keys()][0] as string)
      return tryable
    },
  }
}

type Candidate = NonNullable<Awaited<ReturnType<Versions['look']>>>['candidate']

function settingsIn(candidate: Candidate): Pick<Tryable, 'settings'> {
  if (!candidate) return {}
  if (candidate.kind === 'service') return { settings: { kind: 'service', service: candidate.settings } }
  return { settings: { kind: 'provider', provider: { ...candidate.settings, state: activeState } } }
}
