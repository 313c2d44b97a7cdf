/** The fields of a partner, a service and a provider in a partners file, each judged by itself. */
import { z } from 'zod'
import { levels } from '../kernel/assurance.ts'
import { hour } from '../kernel/durations.ts'
import { methodWords } from '../policy/acceptance.ts'
import { type FactorKind, factorKinds } from '../policy/factors.ts'
import { enrolmentProofs, meansClasses } from '../policy/means.ts'
import { priorLoginWindow } from '../policy/prior-login.ts'
import { addressProblem, issuerProblem } from './addresses.ts'
import { publicKeyProblem } from './client-keys.ts'
import { distinct, instantText, saying, some, words } from './fields.ts'
import { logoProblem } from './logo.ts'
import { ownMeansKinds, populations, scopes, secretAlphabets, shortestSecret } from './partners.ts'
import { reasonLimit, suspensionCategories } from './suspensions.ts'

/** Where a secret is, when it is not written out. */
export type SecretReference = { env: string } | { file: string }

export interface EntryOptions {
  /** Plain http on this machine (`danger_allow_http`). */
  allowHttp: boolean
  /** The secret's text, or undefined when it cannot be had. Without it every reference is a fault. */
  resolveSecret?: (reference: SecretReference) => string | undefined
}

/** The schemas of one file: they differ by which addresses are allowed and where secrets are found. */
export function entrySchemas(options: EntryOptions) {
  const { allowHttp } = options
  const address = saying((text) => addressProblem(text, { allowHttp }))
  const link = saying((text) => addressProblem(text, { allowHttp, fragment: 'allowed' }))
  const secrets = secretSchemas(options)
  return {
    root: z.strictObject({ partners: z.array(z.unknown()) }),
    entries: z.array(z.unknown()),
    partner,
    service: serviceSchema({ address, link, secret: secrets.ofService }),
    provider: providerSchema({ link, connector: connectorSchema({ allowHttp, address, secret: secrets.ofClient }) }),
  }
}

export type EntrySchemas = ReturnType<typeof entrySchemas>
export type ServiceEntry = z.output<EntrySchemas['service']>
export type ProviderEntry = z.output<EntrySchemas['provider']>

type Text = ReturnType<typeof saying>

const id = saying((text) =>
  /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(text) && text.length <= 64
    ? undefined
    : 'must be in kebab case: small letters and digits, with single hyphens, 64 at most',
)
const translated = (most: number) => z.strictObject({ fr: words(most), en: words(most), ar: words(most) })
const level = z.enum(levels)
const instant = instantText.transform((text) => Date.parse(text))
const mailbox = z.email('must be an e-mail address').exactOptional()
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
        const message = publicKeyProblem(jwk)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    )
    .min(1)
    .max(20)
    .refine(
      (keys) => keys.length === 1 || new Set(keys.map(({ kid }) => kid)).size === keys.length,
      'must give each key its own kid',
    ),
})

const sector = saying((text) =>
  /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/.test(text) ? undefined : 'must be a host name in small letters',
)

const providerChoice = z.union([z.literal('all'), some(id, 500)], {
  error: ({ input }) =>
    input === undefined
      ? 'is missing: "all", or a list of provider ids'
      : 'must be "all" or a list of provider ids, none of them twice',
})

type SecretSchemas = ReturnType<typeof secretSchemas>

function serviceSchema({ address, link, secret }: { address: Text; link: Text; secret: SecretSchemas['ofService'] }) {
  return z.strictObject({
    id,
    name: translated(120),
    purpose: translated(200).exactOptional(),
    homepage: link,
    redirectUris: some(address, 50),
    postLogoutRedirectUris: distinct(address, 50).default([]),
    backchannelLogoutUri: address.exactOptional(),
    auth: authMethod.default('client_secret_basic'),
    secrets: z.array(secret).max(2).default([]),
    jwks: jwks.exactOptional(),
    jwksUri: address.exactOptional(),
    sector: sector.exactOptional(),
    scopes: some(z.enum(scopes), scopes.length).refine(includesOpenid, 'must include openid'),
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
  { error: 'must have a kind: active, suspended or hidden' },
)

const factors = some(z.enum(Object.keys(factorKinds) as FactorKind[]), 20)

/** What a provider says of the means by which it signs people in. */
const means = z.strictObject({
  class: z.enum(meansClasses).default('none'),
  jurisdiction: saying((text) =>
    /^[A-Z]{2}$/.test(text) ? undefined : 'must be the two letters of a country: FR',
  ).default('FR'),
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

function connectorSchema(options: { allowHttp: boolean; address: Text; secret: SecretSchemas['ofClient'] }) {
  const { allowHttp, address, secret } = options
  const ownMeans = z.strictObject({
    kind: z.literal('own_means'),
    accepts: some(z.enum(ownMeansKinds), ownMeansKinds.length).default([...ownMeansKinds]),
  })
  const oidc = z.strictObject({
    kind: z.literal('oidc'),
    issuer: saying((text) => issuerProblem(text, { allowHttp })),
    metadata: metadataSchema(allowHttp).exactOptional(),
    discoveryUrl: address.exactOptional(),
    statusUrl: address.exactOptional(),
    clientId: words(256),
    auth: authMethod.default('client_secret_basic'),
    clientSecret: secret.exactOptional(),
    scopes: some(words(128), 50).refine(includesOpenid, 'must include openid'),
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
    address,
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
  return z.discriminatedUnion('kind', [oidc, ownMeans, gateway], {
    error: 'must have a kind: oidc, own_means or gateway',
  })
}

/** What a code flow needs of Discovery 1.0 section 3; whatever else is an address is judged as one. */
function metadataSchema(allowHttp: boolean) {
  const required = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const
  return z
    .looseObject(
      Object.fromEntries(required.map((name) => [name, z.string()])) as Record<(typeof required)[number], z.ZodString>,
    )
    .superRefine((metadata, context) => {
      for (const [name, value] of Object.entries(metadata)) {
        if (!/_(endpoint|uri)$/.test(name)) continue
        const message = typeof value === 'string' ? addressProblem(value, { allowHttp }) : 'must be text'
        if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message })
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
    const message = secretProblem(written, text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
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
      .refine(
        ({ text, plain }) => plain || text === undefined || isStrong(text),
        'is too weak: it must be at least 32 random bytes',
      ),
  }
}

function secretProblem(written: SecretSource, text: string | undefined): string | undefined {
  if (Object.keys(written).length !== 1) return 'must have exactly one of env, file, danger_plain, kept'
  if (written.kept) return undefined
  if (text === undefined) {
    return written.env === undefined ? 'is in a file that cannot be read' : `is not in the environment: ${written.env}`
  }
  // "VSCHAR" (RFC 6749 appendix A.2).
  return /^[\x20-\x7e]+$/.test(text) ? undefined : 'must be printable ASCII, and not empty'
}

/**
 * At least 32 random bytes: 43 characters in base64url, 64 in hexadecimal. This is what makes one SHA-256 enough to
 * store it. Repetition shows a secret that was typed rather than drawn: 64 random hexadecimal digits hold fewer than
 * twelve different ones less than once in a million draws.
 */
function isStrong(secret: string): boolean {
  return secret.length >= 43 && new Set(secret).size >= 12
}
