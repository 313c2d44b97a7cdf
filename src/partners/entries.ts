/** The fields of a partner, a service and a provider in a partners file, each judged by itself. */
import { z } from 'zod'
import { levels } from '../kernel/assurance.ts'
import { hour } from '../kernel/durations.ts'
import { methodWords } from '../policy/acceptance.ts'
import { type DestinationRules, destinationRules } from '../policy/destinations.ts'
import { type FactorKind, factorKinds } from '../policy/factors.ts'
import { elsewheres, exemptions } from '../policy/geography.ts'
import { actions } from '../policy/mandate.ts'
import { enrolmentProofs, meansClasses } from '../policy/means.ts'
import { priorLoginWindow } from '../policy/prior-login.ts'
import { addressProblem, issuerProblem } from './addresses.ts'
import { publicKeyProblem } from './client-keys.ts'
import { distinct, instantText, issueOf, oneLineProblem, raising, saying, some, words } from './fields.ts'
import { logoProblem } from './logo.ts'
import { type Problem, problem } from './problems.ts'
import { reasonLimit, suspensionCategories } from './suspensions.ts'
import {
  appProofs,
  type CardWay,
  cardWays,
  justificationLimits,
  ownMeansKinds,
  populations,
  type Scope,
  scopes,
  secretAlphabets,
  shortestSecret,
} from './vocabulary.ts'

/** Where a secret is, when it is not written out. */
export type SecretReference = { env: string } | { file: string }

export interface EntryOptions {
  /** Plain http on this machine (`danger_allow_http`). */
  allowHttp: boolean
  /** Where the hub may call; only what is public by default, and this machine with `allowHttp`. */
  destinations?: DestinationRules
  /** What the settings of the hub have for cards and the e-ID app. Not judged where they are not known. */
  house?: HouseSettings
  /** The secret's text, or undefined when it cannot be had. Without it every reference is a fault. */
  resolveSecret?: (reference: SecretReference) => string | undefined
}

export interface HouseSettings {
  /** Names of `cards.kinds`. */
  cards: readonly string[]
  /** Ways for which `cards` is set up. */
  ways: readonly CardWay[]
}

/** The schemas of one file: they differ by which addresses are allowed and where secrets are found. */
export function entrySchemas(options: EntryOptions) {
  const { allowHttp } = options
  const called = options.destinations ?? destinationRules({ allow: [], loopback: allowHttp })
  const address = saying((text) => addressProblem(text, { allowHttp }))
  const calledAddress = saying((text) => addressProblem(text, { allowHttp, called }))
  const link = saying((text) => addressProblem(text, { allowHttp, fragment: 'allowed' }))
  const secrets = secretSchemas(options)
  return {
    root: z.strictObject({ partners: z.array(z.unknown()) }),
    entries: z.array(z.unknown()),
    partner,
    service: serviceSchema({ address, called: calledAddress, link, secret: secrets.ofService }),
    provider: providerSchema({
      link,
      connector: connectorSchema({
        rules: { allowHttp, called },
        address: calledAddress,
        secret: secrets.ofClient,
        house: options.house,
      }),
    }),
  }
}

export type EntrySchemas = ReturnType<typeof entrySchemas>
export type ServiceEntry = z.output<EntrySchemas['service']>
export type ProviderEntry = z.output<EntrySchemas['provider']>

type Text = ReturnType<typeof saying>

export const idProblem = (text: string): Problem | undefined =>
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) && text.length <= 64 ? undefined : problem('not_an_id')

const id = saying(idProblem)
const translated = (most: number) => z.strictObject({ fr: words(most), en: words(most), ar: words(most) })
const level = z.enum(levels)
const instant = instantText.transform((text) => Date.parse(text))
const mailbox = saying((text) =>
  z.email().safeParse(text).success ? undefined : problem('not_a_mailbox'),
).exactOptional()
const authMethod = z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt'])
const includesOpenid = (list: string[]) => list.includes('openid')

const partner = z.strictObject({
  id,
  name: translated(120),
  contacts: z.strictObject({ administrative: mailbox, technical: mailbox, security: mailbox }).exactOptional(),
  professionals: z.int().min(0).max(10_000_000).exactOptional(),
})

// --- Services ------------------------------------------------------------------------------------------------------

const jwks = z.strictObject({
  keys: z
    .array(
      z.looseObject({ kty: z.string() }).superRefine((jwk, context) => {
        const found = publicKeyProblem(jwk)
        if (found) context.addIssue(issueOf(found))
      }),
    )
    .min(1)
    .max(20)
    .refine(
      (keys) => keys.length === 1 || new Set(keys.map(({ kid }) => kid)).size === keys.length,
      raising('keys_same_kid'),
    ),
})

const sector = saying((text) =>
  /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/.test(text) ? undefined : problem('not_a_sector'),
)

const providerChoice = z.union([z.literal('all'), some(id, 500)], {
  error: ({ input }) => problem(input === undefined ? 'choice_missing' : 'choice').text,
})

/** Why the service needs a scope: what operators read before they grant it. */
const justification = saying((text) => {
  const { least, most } = justificationLimits
  const isRight = text.length >= least && text.length <= most && oneLineProblem(text) === undefined
  return isRight ? undefined : problem('justification_length', { least, most })
})

const country = saying((text) => (/^[A-Z]{2}$/.test(text) ? undefined : problem('not_a_country')))

const geography = z.strictObject({
  allowed: some(country, 250),
  elsewhere: z.enum(elsewheres).default('step_up'),
  exempt: distinct(z.enum(exemptions), exemptions.length).default([]),
  stepUpLevel: z.enum(['eidas2', 'eidas3']).exactOptional(),
  reason: translated(300).exactOptional(),
})

const taken = some(z.enum(actions), actions.length)

const representation = z.strictObject({
  actions: taken,
  alone: z.boolean().default(true),
  remote: z
    .strictObject({
      level: z.enum(['eidas2', 'eidas3']).exactOptional(),
      secondFactor: z.boolean().default(false),
      actions: taken.exactOptional(),
      closed: z.boolean().default(false),
    })
    .exactOptional(),
  tokensFrom: distinct(id, 500).default([]),
})

const justifiable = scopes.filter((scope): scope is Exclude<Scope, 'openid'> => scope !== 'openid')

type SecretSchemas = ReturnType<typeof secretSchemas>

function serviceSchema({
  address,
  called,
  link,
  secret,
}: {
  address: Text
  called: Text
  link: Text
  secret: SecretSchemas['ofService']
}) {
  return z.strictObject({
    id,
    name: translated(120),
    purpose: translated(200).exactOptional(),
    homepage: link,
    redirectUris: some(address, 50),
    postLogoutRedirectUris: distinct(address, 50).default([]),
    backchannelLogoutUri: called.exactOptional(),
    auth: authMethod.default('client_secret_basic'),
    secrets: z.array(secret).max(2).default([]),
    jwks: jwks.exactOptional(),
    jwksUri: called.exactOptional(),
    sector: sector.exactOptional(),
    scopes: some(z.enum(scopes), scopes.length).refine(includesOpenid, raising('needs_openid')),
    justifications: z.partialRecord(z.enum(justifiable), justification).exactOptional(),
    entitledTo: distinct(z.enum(['amr', 'idp']), 2).default([]),
    minimumLevel: level.default('eidas1'),
    providers: providerChoice,
    idpHints: distinct(id, 500).default([]),
    userinfoAlg: z.enum(['ES256', 'RS256']).exactOptional(),
    idTokenAlg: z.enum(['ES256', 'RS256']).default('ES256'),
    singleSignOn: z.boolean().default(true),
    sensitive: z.boolean().default(false),
    population: z.enum(populations).exactOptional(),
    passwordAlone: z.boolean().exactOptional(),
    riskProfile: words(160).exactOptional(),
    geography: geography.exactOptional(),
    forOrganisations: z.boolean().default(false),
    representation: representation.exactOptional(),
    serviceSecret: z
      .strictObject({
        alphabet: z.enum(Object.keys(secretAlphabets) as (keyof typeof secretAlphabets)[]).default('letters_digits'),
        length: z.int().min(shortestSecret('printable')).max(128).default(32),
      })
      .exactOptional(),
  })
}

// --- Providers -----------------------------------------------------------------------------------------------------

/** Asymmetric signatures only: never `none`, never HMAC with the client secret (RFC 8725 sections 3.1 and 3.2). */
const signingAlgs = [
  ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
  ...['RS256', 'RS384', 'RS512', 'Ed25519', 'EdDSA'],
]

const state = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('active') }),
    z.strictObject({ kind: z.literal('hidden') }),
    z.strictObject({
      kind: z.literal('suspended'),
      services: z.union([z.literal('all'), some(id, 5000)]).default('all'),
      above: level.exactOptional(),
      category: z.enum(suspensionCategories),
      reason: translated(reasonLimit),
      since: instant.exactOptional(),
      until: instant.exactOptional(),
      sessionsClosedSince: instant.exactOptional(),
    }),
  ],
  { error: problem('state_kind').text },
)

const factors = some(z.enum(Object.keys(factorKinds) as FactorKind[]), 20)

/** What a provider says of the means by which it signs people in. */
const means = z.strictObject({
  class: z.enum(meansClasses).default('none'),
  jurisdiction: country.default('FR'),
  factors: factors.exactOptional(),
  amr: z.partialRecord(z.enum(methodWords), factors).exactOptional(),
  validFrom: instant.exactOptional(),
  validUntil: instant.exactOptional(),
  certificate: z.strictObject({ reference: words(160), validUntil: instant.exactOptional() }).exactOptional(),
  enrolment: z
    .strictObject({
      proofs: some(z.enum(enrolmentProofs), enrolmentProofs.length),
      contactsVerified: z.boolean().default(false),
      inDirectory: z.boolean().default(false),
    })
    .exactOptional(),
})

function providerSchema({ link, connector }: { link: Text; connector: ReturnType<typeof connectorSchema> }) {
  return z.strictObject({
    id,
    name: translated(120),
    hint: translated(160).exactOptional(),
    logo: saying(logoProblem).exactOptional(),
    state: state.exactOptional(),
    connector,
    allowedLevels: some(level, levels.length),
    population: z.enum(populations).default('citizens'),
    means: means.exactOptional(),
    helpUrl: link.exactOptional(),
  })
}

function connectorSchema(options: {
  rules: CallRules
  /** One that the hub calls. */
  address: Text
  secret: SecretSchemas['ofClient']
  house: HouseSettings | undefined
}) {
  const { rules, address, secret, house } = options
  const { allowHttp } = rules
  const ownMeans = z.strictObject({
    kind: z.literal('own_means'),
    accepts: some(z.enum(ownMeansKinds), ownMeansKinds.length).default([...ownMeansKinds]),
  })
  const oidc = z.strictObject({
    kind: z.literal('oidc'),
    issuer: saying((text) => issuerProblem(text, rules)),
    metadata: metadataSchema(rules).exactOptional(),
    discoveryUrl: address.exactOptional(),
    statusUrl: address.exactOptional(),
    clientId: words(256),
    auth: authMethod.default('client_secret_basic'),
    clientSecret: secret.exactOptional(),
    scopes: some(words(128), 50).refine(includesOpenid, raising('needs_openid')),
    signingAlgs: some(z.enum(signingAlgs), signingAlgs.length).default(['ES256', 'RS256']),
    encryption: z.strictObject({ alg: z.enum(['ECDH-ES', 'RSA-OAEP-256']), enc: z.literal('A256GCM') }).exactOptional(),
    userinfo: z.enum(['json', 'jwt', 'none']).default('json'),
    acr: z.record(z.string(), level).exactOptional(),
    claims: z.record(z.string(), words(128)).exactOptional(),
    identity: z.enum(['pivot', 'professional']).default('pivot'),
  })
  const gateway = z.strictObject({
    kind: z.literal('gateway'),
    issuer: saying((text) => issuerProblem(text, { allowHttp })),
    // Browsers are sent there; the hub does not call it.
    address: saying((text) => addressProblem(text, { allowHttp })),
    jwks: jwks.exactOptional(),
    jwksUri: address.exactOptional(),
    statusUrl: address.exactOptional(),
    signingAlgs: some(z.enum(signingAlgs), signingAlgs.length).default(['ES256', 'RS256']),
    windowHours: z
      .number()
      .min(0.25)
      .max(24)
      .default(priorLoginWindow / hour),
    claims: z.record(z.string(), words(128)).exactOptional(),
    identity: z.enum(['pivot', 'professional']).default('pivot'),
  })
  const cards = some(knownCard(house), 20)
  const card = z.strictObject({
    kind: z.literal('card'),
    cards,
    ways: some(
      z.enum(cardWays).refine((way) => !house || house.ways.includes(way), raising('way_not_set_up')),
      cardWays.length,
    ),
    statusUrl: address.exactOptional(),
  })
  const eidApp = z.strictObject({
    kind: z.literal('eid_app'),
    cards,
    by: some(z.enum(appProofs), appProofs.length).default([...appProofs]),
    statusUrl: address.exactOptional(),
  })
  const cardAndCode = z.strictObject({
    kind: z.literal('card_and_code'),
    cards,
    standsInFor: id,
    hours: z.int().min(1).max(168).default(24),
  })
  return z.discriminatedUnion('kind', [oidc, ownMeans, gateway, card, eidApp, cardAndCode], {
    error: problem('connector_kind').text,
  })
}

/** A name of `cards.kinds`: a card of which the settings have no trust anchor proves nothing. */
const knownCard = (house: HouseSettings | undefined) =>
  saying(
    (text) =>
      oneLineProblem(text) ??
      (!house || house.cards.includes(text) ? undefined : problem('card_unknown', { id: text })),
  )

interface CallRules {
  allowHttp: boolean
  called: DestinationRules
}

/** Browsers are sent there, in place of the hub (Discovery 1.0 section 3, RP-Initiated Logout 1.0 section 2.1). */
const browsed: ReadonlySet<string> = new Set(['authorization_endpoint', 'end_session_endpoint', 'check_session_iframe'])

/** What a code flow needs of Discovery 1.0 section 3; whatever else is an address is judged as one. */
function metadataSchema({ allowHttp, called }: CallRules) {
  const required = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const
  return z
    .looseObject(
      Object.fromEntries(required.map((name) => [name, z.string()])) as Record<(typeof required)[number], z.ZodString>,
    )
    .superRefine((metadata, context) => {
      for (const [name, value] of Object.entries(metadata)) {
        if (!/_(endpoint|uri)$/.test(name)) continue
        const rules = browsed.has(name) ? { allowHttp } : { allowHttp, called }
        const found = typeof value === 'string' ? addressProblem(value, rules) : problem('not_text')
        if (found) context.addIssue({ ...issueOf(found), path: [name] })
      }
    })
}

// --- Secrets -------------------------------------------------------------------------------------------------------

interface SecretSource {
  env?: string
  file?: string
  danger_plain?: string
  kept?: true
}

interface Secret {
  /** Undefined: the one that is in force stays. */
  text: string | undefined
  /** Written out in the file. */
  plain: boolean
}

function secretSchemas({ resolveSecret }: EntryOptions) {
  const source = {
    env: z.string().exactOptional(),
    file: z.string().exactOptional(),
    danger_plain: z.string().exactOptional(),
    kept: z.literal(true).exactOptional(),
  }
  const find = ({ env, file }: SecretSource) => {
    if (env !== undefined) return resolveSecret?.({ env })
    return file === undefined ? undefined : resolveSecret?.({ file })
  }
  const read = (written: SecretSource, context: z.RefinementCtx): Secret => {
    const text = written.danger_plain ?? find(written)
    const found = secretProblem(written, text)
    if (found) context.addIssue(issueOf(found))
    return { text, plain: written.danger_plain !== undefined }
  }
  return {
    ofClient: z.strictObject(source).transform(read),
    ofService: z
      .strictObject({ ...source, until: instant.exactOptional() })
      .transform(({ until, ...written }, context) => ({
        ...read(written, context),
        ...(until === undefined ? {} : { until }),
      }))
      .refine(({ text, plain }) => plain || text === undefined || isStrong(text), raising('secret_weak')),
  }
}

function secretProblem(written: SecretSource, text: string | undefined): Problem | undefined {
  if (Object.keys(written).length !== 1) return problem('secret_sources')
  if (written.kept) return undefined
  if (text === undefined) {
    return written.env === undefined ? problem('secret_file') : problem('secret_env', { name: written.env })
  }
  // "VSCHAR" (RFC 6749 appendix A.2).
  return /^[\x20-\x7e]+$/.test(text) ? undefined : problem('secret_ascii')
}

/**
 * At least 32 random bytes: 43 characters in base64url, 64 in hexadecimal. This is what makes one SHA-256 enough to
 * store it. Repetition shows a secret that was typed rather than drawn: 64 random hexadecimal digits hold fewer than
 * twelve different ones less than once in a million draws.
 */
function isStrong(secret: string): boolean {
  return secret.length >= 43 && new Set(secret).size >= 12
}
