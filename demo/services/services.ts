/** The five services of the town: what each is, what it asks of the hub, and what it shows to whom. */
import type { Html } from '../../src/http/html.ts'
import type { Level } from '../../src/kernel/assurance.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import type { Language, Translated } from '../../src/kernel/languages.ts'
import type { Scope, TokenEndpointAuth } from '../../src/partners/partners.ts'
import type { Brand } from '../site.ts'
import { employers } from './employers.ts'
import { justice } from './justice.ts'
import { patients } from './patients.ts'
import { prescriptions } from './prescriptions.ts'
import { refunds } from './refunds.ts'

export type ServiceKey = 'employers' | 'refunds' | 'patients' | 'justice' | 'prescriptions'

/** Who is signed in, as far as the content of a service needs it. */
export interface Visitor {
  /** The subject: what the service keeps of somebody, in its user base and its traces (R015). */
  subject: string
  /** Given and family name, when the service was given them. */
  name: string
  claims: Record<string, unknown>
  level: Level
}

export interface ContentView {
  visitor: Visitor
  language: Language
  now: Instant
}

export interface ServiceDefinition {
  key: ServiceKey
  /** Its name at the hub, and its `client_id`. */
  id: string
  partner: { id: string; name: Translated }
  brand: Brand
  /** What the person came for, shown by the hub under the name. */
  purpose: Translated
  auth: TokenEndpointAuth
  scopes: Scope[]
  /** The level it asks by default. */
  level: Level
  /** The rules for sensitive services hold: recognised means, both factors again. */
  sensitive?: true
  entitledTo: ('amr' | 'idp')[]
  userinfoAlg?: 'ES256' | 'RS256'
  /** It has a receiver of security events, and a page that shows what came. */
  hearsSignals?: true
  home: {
    title: Translated
    lead: Translated
    points: { title: Translated; text: Translated }[]
  }
  spaceTitle: Translated
  /** The person's own data. */
  content(view: ContentView): Html
}

export const services: readonly ServiceDefinition[] = [employers, refunds, patients, justice, prescriptions]
