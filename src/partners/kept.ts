/**
 * What `kept: true` in a partners file stands for: a secret that is in force here already, so that a file which was
 * exported, or handed on, holds none. Found in what is published, inside the transaction that applies the file. Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Fault, faultOf } from './checked-yaml.ts'
import type {
  EntityKind,
  FileConnector,
  FilePartner,
  FileSecret,
  KeptSecret,
  OidcConnector,
  Partner,
  PartnersFile,
  Provider,
  Registry,
  Service,
} from './partners.ts'
import { type Doubt, type Problem, problem } from './problems.ts'

/** A partner of a file with the secrets of its services and providers in place. */
export interface FoundPartner extends Partner {
  services: Service[]
  providers: (Omit<FilePartner['providers'][number], 'connector'> & { connector: Provider['connector'] })[]
}

interface Found {
  partners: FoundPartner[]
  /** Where nothing is in force that could be kept, or where it would go elsewhere. */
  faults: Fault[]
  /** What stays unknown, because `alone`. */
  doubts: Doubt[]
}

const isKept = <T>(secret: T): secret is Extract<T, Pick<KeptSecret, 'kept'>> =>
  typeof secret === 'object' && secret !== null && 'kept' in secret

/** @param alone nothing is known of what is published: what is kept may be there all the same */
export function findKept(file: PartnersFile, current: Registry, alone: boolean): Found {
  const faults: Fault[] = []
  const doubts = new Map<string, Doubt>()
  const missing = (kind: EntityKind, id: string, field: readonly PropertyKey[], said: Problem) => {
    if (alone) doubts.set(`${kind} ${id}`, { about: [{ kind, id }], said: problem('doubt_secret_kept') })
    else {
      const place = file.locate(kind, id, field) ?? { path: `${kind} ${id}, ${field.join('.')}` }
      faults.push({ ...place, ...faultOf(said) })
    }
  }
  const partners = file.partners.map((partner) => ({
    ...partner,
    services: partner.services.map((service) => ({
      ...service,
      secrets: secretsOf(service.secrets, current.services.get(service.id)?.secrets ?? [], (index) =>
        missing('service', service.id, ['secrets', index], problem('secret_not_kept')),
      ),
    })),
    providers: partner.providers.map((provider) => ({
      ...provider,
      connector: connectorOf(provider.connector, current.providers.get(provider.id)?.connector, (said) =>
        missing('provider', provider.id, ['connector', 'clientSecret'], said),
      ),
    })),
  }))
  return { partners, faults, doubts: [...doubts.values()] }
}

/**
 * A kept secret is the one in force with the same end, of those that the file does not give otherwise; or else the only
 * one left, so that a rotation can give the secret in force its end without knowing it.
 */
function secretsOf(
  said: readonly FileSecret[],
  inForce: Service['secrets'],
  missing: (index: number) => void,
): Service['secrets'] {
  const given = new Set(said.flatMap((secret) => (isKept(secret) ? [] : [secret.hash])))
  const left = inForce.filter(({ hash }) => !given.has(hash))
  const wanted = said.filter(isKept)
  const same = new Map(wanted.map((secret) => [secret, left.find(({ until }) => until === secret.until)]))
  return said.map((secret, index) => {
    if (!isKept(secret)) return secret
    const others = left.filter((one) => wanted.every((other) => other === secret || same.get(other) !== one))
    const found = same.get(secret) ?? (others.length === 1 ? others[0] : undefined)
    if (!found) missing(index)
    // Without a secret there is a fault, or nobody who would publish it.
    const { hash } = found ?? { hash: '' }
    return secret.until === undefined ? { hash } : { hash, until: secret.until }
  })
}

function connectorOf(
  said: FileConnector,
  inForce: Provider['connector'] | undefined,
  missing: (said: Problem) => void,
): Provider['connector'] {
  if (said.kind !== 'oidc') return said
  const { clientSecret, ...rest } = said
  if (!isKept(clientSecret)) return clientSecret === undefined ? rest : { ...rest, clientSecret }
  const known = inForce?.kind === 'oidc' ? inForce : undefined
  if (known?.clientSecret === undefined) {
    missing(problem('client_secret_not_kept'))
  } else if (!isSameDestination(known, rest)) {
    // Who may write the file need not know the secret, so may not have it sent to a server of their choice.
    missing(problem('client_secret_elsewhere'))
  }
  return { ...rest, clientSecret: known?.clientSecret ?? '' }
}

type Destination = Pick<OidcConnector, 'issuer' | 'discoveryUrl' | 'metadata'>

/** Would the hub present a secret at the same place? */
export function isSameDestination(a: Connection | undefined, b: Connection | undefined): boolean {
  if (a?.kind !== 'oidc' || b?.kind !== 'oidc') return false
  return isDeepStrictEqual(destinationOf(a), destinationOf(b))
}

type Connection = { kind: Exclude<Provider['connector']['kind'], 'oidc'> } | ({ kind: 'oidc' } & Destination)

/** What decides where the hub presents its secret. */
function destinationOf({ issuer, discoveryUrl, metadata }: Destination): unknown[] {
  return [issuer, discoveryUrl, metadata?.token_endpoint]
}
