/**
 * `partners.yaml`: what a partners file may say. Unknown keys are refused and every fault is listed at once, by path
 * and line. Secrets are named (`env`, `file`), left as they are in force (`kept`) or, outside production only, written out
 * (`danger_plain`); a service's secret leaves this file as a hash, a provider's client secret in clear, to be sealed
 * before it rests.
 *
 * Here: what one file can be judged by alone. What depends on what is already published (providers that exist, sectors
 * of other partners) is `plan.ts`.
 */
import type { z } from 'zod'
import { compareLevels } from '../kernel/assurance.ts'
import { hashSecret } from '../kernel/secrets.ts'
import {
  check,
  type Fault,
  faultAt,
  type Path,
  placeOf,
  readYaml,
  settingsInvalid,
  type YamlSource,
} from './checked-yaml.ts'
import { type EntryOptions, type EntrySchemas, entrySchemas, type ProviderEntry } from './entries.ts'
import type { EntityKind, FileConnector, FilePartner, FileProvider, FileService, PartnersFile } from './partners.ts'
import { type Doubt, problem } from './problems.ts'
import { providerRules, type Rule, sectorOf, serviceRules } from './rules.ts'

export type { SecretReference } from './entries.ts'

export interface FileOptions extends EntryOptions {
  /** For messages. */
  name?: string
}

/** @throws GarantError `settings_invalid` with every fault */
export function parsePartnersFile(source: string | Uint8Array, options: FileOptions): PartnersFile {
  const name = options.name ?? 'partners.yaml'
  const read = readYaml(source)
  if (!read.ok) throw settingsInvalid(name, read.faults)
  const faults: Fault[] = []
  const file = new FileReader(read.yaml, faults, entrySchemas(options)).read(name)
  if (faults.length > 0) throw settingsInvalid(name, faults)
  return file
}

/** The same of data that was read elsewhere, or never was YAML: what is right of it, and every fault. */
export function readPartners(
  data: unknown,
  options: FileOptions & { name: string; lineOf?: YamlSource['lineOf'] },
): { file: PartnersFile; faults: Fault[] } {
  return createReader(options)(data, options)
}

/** The same, for who reads again and again: making the schemas takes longer than reading one entry. */
export function createReader(options: EntryOptions) {
  const schemas = entrySchemas(options)
  return (data: unknown, { name, lineOf = () => undefined }: { name: string; lineOf?: YamlSource['lineOf'] }) => {
    const faults: Fault[] = []
    return { file: new FileReader({ data, lineOf }, faults, schemas).read(name), faults }
  }
}

/** Each entry is checked by itself, so that a fault in one does not hide those of another. */
class FileReader {
  readonly #yaml: Pick<YamlSource, 'data' | 'lineOf'>
  readonly #faults: Fault[]
  readonly #schemas: EntrySchemas
  /** Where each entry whose fields are right is written. */
  readonly #declared = new Map<string, Path>()
  readonly #doubts: Doubt[] = []

  constructor(yaml: Pick<YamlSource, 'data' | 'lineOf'>, faults: Fault[], schemas: EntrySchemas) {
    this.#yaml = yaml
    this.#faults = faults
    this.#schemas = schemas
  }

  read(name: string): PartnersFile {
    const root = this.#check(this.#schemas.root, this.#yaml.data, [])
    const partners = (root?.partners ?? []).flatMap((value, index) => this.#partner(value, ['partners', index]) ?? [])
    return {
      name,
      partners,
      doubts: this.#doubts,
      locate: (kind, id, field = []) => {
        const at = this.#declared.get(`${kind}/${id}`)
        return at && placeOf([...at, ...field], this.#yaml.lineOf)
      },
    }
  }

  #partner(value: unknown, at: Path): FilePartner | undefined {
    const { services, providers, ...head } = isMapping(value) ? value : {}
    const partner = this.#check(this.#schemas.partner, isMapping(value) ? head : value, at)
    const list = (entries: unknown, name: string) =>
      this.#check(this.#schemas.entries, entries ?? [], [...at, name])?.map((entry, index) => ({
        entry,
        path: [...at, name, index],
      })) ?? []
    this.#declare('partner', partner?.id, at)
    const owner = partner?.id ?? ''
    const read = {
      services: list(services, 'services').flatMap(({ entry, path }) => this.#service(entry, path, owner) ?? []),
      providers: list(providers, 'providers').flatMap(({ entry, path }) => this.#provider(entry, path, owner) ?? []),
    }
    return partner && { ...partner, ...read }
  }

  #service(value: unknown, at: Path, partner: string): FileService | undefined {
    const entry = this.#check(this.#schemas.service, value, at)
    if (!entry) return undefined
    this.#declare('service', entry.id, at)
    this.#apply(serviceRules, entry, at)
    this.#doubtPlain(entry.secrets, { kind: 'service', id: entry.id })
    const secrets = entry.secrets.map(({ text, until }) => ({
      ...(text === undefined ? { kept: true as const } : { hash: hashSecret(text) }),
      ...(until === undefined ? {} : { until }),
    }))
    return { ...entry, partner, secrets, sector: entry.sector ?? sectorOf(entry.redirectUris[0] ?? '') }
  }

  #provider(value: unknown, at: Path, partner: string): FileProvider | undefined {
    const entry = this.#check(this.#schemas.provider, value, at)
    if (!entry) return undefined
    this.#declare('provider', entry.id, at)
    this.#apply(providerRules, entry, at)
    const { state, ...settings } = entry
    return {
      ...settings,
      ...(state ? { state: stateIn(state) } : {}),
      partner,
      connector: this.#connector(entry),
      allowedLevels: [...entry.allowedLevels].sort(compareLevels),
    }
  }

  #connector({ id, connector }: ProviderEntry): FileConnector {
    if (connector.kind !== 'oidc') return connector
    const { clientSecret, ...rest } = connector
    this.#doubtPlain(clientSecret ? [clientSecret] : [], { kind: 'provider', id })
    return { ...rest, ...(clientSecret ? { clientSecret: clientSecret.text ?? { kept: true } } : {}) }
  }

  #apply<T>(rules: readonly Rule<T>[], entry: T, at: Path): void {
    for (const { field, broken, said } of rules) {
      if (broken(entry)) this.#faults.push(faultAt([...at, ...field.split('.')], said, this.#yaml.lineOf))
    }
  }

  #declare(kind: EntityKind, id: string | undefined, at: Path): void {
    if (id === undefined) return
    const key = `${kind}/${id}`
    if (this.#declared.has(key)) {
      this.#faults.push(faultAt([...at, 'id'], problem('id_twice', { kind }), this.#yaml.lineOf))
    } else this.#declared.set(key, at)
  }

  #doubtPlain(secrets: readonly { plain: boolean }[], who: { kind: EntityKind; id: string }): void {
    if (secrets.some(({ plain }) => plain)) {
      this.#doubts.push({ about: [who], said: problem('doubt_secret_in_clear') })
    }
  }

  #check<S extends z.ZodType>(schema: S, value: unknown, at: Path): z.output<S> | undefined {
    return check(schema, value, { faults: this.#faults, at, lineOf: this.#yaml.lineOf })
  }
}

function stateIn(state: NonNullable<ProviderEntry['state']>): NonNullable<FileProvider['state']> {
  if (state.kind !== 'suspended') return state
  const { sessionsClosedSince: closedSince, ...rest } = state
  return { ...rest, sessions: closedSince === undefined ? 'kept' : { closedSince } }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
