/** The five services of the town: what each is, what it asks of the hub, and what it shows to whom. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Html } from '../../src/http/html.ts'
import type { Level } from '../../src/kernel/assurance.ts'
import type { Clock, Instant } from '../../src/kernel/clock.ts'
import type { Language, Translated } from '../../src/kernel/languages.ts'
import type { Scope, TokenEndpointAuth } from '../../src/partners/partners.ts'
import type { Geography } from '../../src/policy/geography.ts'
import type { Action } from '../../src/policy/mandate.ts'
import type { Brand } from '../site.ts'
import { employers } from './employers.ts'
import { justice } from './justice.ts'
import { patients } from './patients.ts'
import { prescriptions } from './prescriptions.ts'
import { refunds } from './refunds.ts'
import type { RelyingParty, SignIn } from './relying-party.ts'

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

/** What a service is given for routes of its own. */
export interface Desk {
  app: FastifyInstance
  party: RelyingParty
  origin: string
  clock: Clock
  languageOf(request: FastifyRequest): Language
  /** Who is signed in here; undefined when nobody is. */
  signInOf(request: FastifyRequest): SignIn | undefined
  /** For whom somebody acted in this browser until the hub ended it. */
  endedOf(request: FastifyRequest): SignIn | undefined
  /** What this browser is about to do, while it goes to the hub for a moment. Taken by reading it. */
  keep(request: FastifyRequest, doing: unknown): void
  take(request: FastifyRequest): unknown
  /** A page of the service for whoever is there. */
  page(request: FastifyRequest, reply: FastifyReply, page: { title: string; body: Html; status?: number }): FastifyReply
}

/** A service that does more than show what it knows. */
export interface Work {
  /** In place of the data of a visitor; undefined when there is nothing of the kind for them. */
  space(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined
  /** The hub let nobody in where the service had asked it without a page. Undefined when that was not about this. */
  refused(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined
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
  /** Its users act for organisations: cards that are lent are noticed. */
  forOrganisations?: true
  /** What may be done here for an organisation; its own interface takes mandate tokens. */
  representation?: { actions: readonly Action[] }
  work?: (desk: Desk) => Work
  /** From where it is simply open, and what it asks elsewhere. */
  geography?: Geography
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
