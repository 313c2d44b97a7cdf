/**
 * Writes `docs/facts.md` from the source of `facts.ts`: `node src/audit/facts-doc.ts --write`. A test compares the two,
 * and that each field is of a kind that cannot hold personal data.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FactName, factList } from './facts.ts'

export interface Field {
  name: string
  type: string
}

/** Types that hold identifiers, numbers and closed words only. */
const closedTypes: Record<string, string> = {
  Level: 'Assurance level: `eidas1`, `eidas2` or `eidas3`.',
  AcceptanceReason: 'Reason for which policy refuses means (`docs/policy.md`).',
  ErrorName: 'Name of an entry of the error catalogue (`src/kernel/errors.ts`).',
  CertificateReason: 'Why a certificate is refused (`kernel/certificate-reasons.ts`).',
  HealthReason: 'Reason for which a provider is not simply up (`docs/health.md`).',
  Actor:
    'Who did it: `{ kind: "person", id }`, `{ kind: "operator", id }`, `{ kind: "staff", id }` of a partner, `{ kind: "api_client", id }`, `{ kind: "command" }` or `{ kind: "hub" }`.',
  FirmRole: 'Role of somebody in a firm (`src/policy/firm.ts`).',
  UnusualReason: 'Why a use of a mandate stands out (`src/policy/mandate-uses.ts`).',
  ApiScope: 'Scope of the admin API (`docs/api.md`).',
  ApprovalKind: 'What takes two operators (`docs/operators.md`).',
  DocumentKind: 'Kind of document by which somebody represents an organisation (`kernel/representations.ts`).',
  RepresentationEnd: 'Why somebody represents an organisation no more (`kernel/representations.ts`).',
  OperatorRole: 'Role of an operator of the hub (`src/kernel/roles.ts`).',
  StaffRole: "Role of a partner's staff (`src/kernel/roles.ts`).",
  boolean: '`true` or `false`.',
  number: 'An integer.',
  null: 'Nothing of the kind.',
}

/**
 * What a field of plain text holds. Only fields that are listed here may be plain text, so adding one means saying what
 * makes it harmless.
 */
export const textFields: Record<string, string> = {
  actions: 'What a mandate lets somebody do, one of those in `policy/mandate.ts`.',
  about:
    'What a change that takes two operators is about: a purpose of keys, a service, a provider, roles, an operator.',
  amr: 'Authentication methods as the provider named them (RFC 8176); what is no word is withheld.',
  audience: 'Identifier of the service at which a token is good.',
  authority: 'Authority that hears of breaches: one of those in `policy/breach.ts`, or of the settings.',
  card: 'Digest of a card with a key of the hub: the same card, the same word.',
  country: 'Two letters of a country (ISO 3166-1), of where a request came from.',
  entry: 'Entry of the register of means: a kind of means or a provider.',
  event: 'Kind of security event, one of those in `signals/`.',
  fields: 'Names of identity fields, never their values.',
  id: 'Identifier of a service, a provider or a partner, chosen by its partner.',
  job: 'Identifier of a job, made by the queue.',
  key: 'Identifier of a key.',
  kind: 'Kind of message, one of those in `alerts/`; or of card, one of those in the settings.',
  object: 'Identifier of a service or a provider, by its `side`.',
  partner: 'Identifier of a partner.',
  provider: 'Identifier of a provider.',
  providers: 'Identifiers of providers.',
  purpose: 'Purpose of a key, one of those in `keys/`.',
  queue: 'Name of a queue, one of those in `storage/jobs.ts`.',
  reason: 'Closed word of the room that writes the fact.',
  refused: 'Why somebody may not act for an organisation, one of those in `policy/mandate.ts`.',
  report: 'Reference of a report made without signing in. It opens nothing without its key.',
  rights: 'Rows of a scope: a service and an action there, `declarations:read`.',
  route: 'Pattern of an address of the hub, without what stands in it.',
  rule: 'Rule of detection, one of those in `policy/`.',
  scope: 'Scope of a service, one of those in `partners/`.',
  service: 'Identifier of a service.',
  services: 'Identifiers of services.',
  sha256: 'Hash of an imported file, in hexadecimal.',
  standsInFor: 'Identifier of the provider of an e-ID app.',
  suspected: 'Identifiers of providers, of the accounts that are in doubt.',
  version: 'Version of the hub.',
  way: 'With what somebody signed a text, one of those in `policy/signing.ts`.',
}

/** The fields of each fact, in the order of the source. */
export function readFactFields(source: string): Map<string, Field[]> {
  const [, body = ''] = /^interface FactData \{\n(.*?)^\}/ms.exec(source) ?? []
  const plain = body.replace(/\/\*\*.*?\*\//gs, '')
  const facts = new Map<string, Field[]>()
  for (const [, name = '', fields = ''] of plain.matchAll(/^ {2}'([\w.]+)': \{(.*?)\}$/gms)) {
    facts.set(
      name,
      [...fields.matchAll(/(\w+): ([^;\n]+)/g)].map(([, field = '', type = '']) => ({
        name: field,
        type: type.trim(),
      })),
    )
  }
  return facts
}

/** Why a field may be in a fact, or nothing when it may not. */
export function harmless({ name, type }: Field): boolean {
  return type
    .split('|')
    .map((part) => part.trim().replace(/\[\]$/, ''))
    .every(
      (part) =>
        Object.hasOwn(closedTypes, part) ||
        /^'[\w-]+'$/.test(part) ||
        /^[A-Z]\w+Id$/.test(part) ||
        (part === 'string' && Object.hasOwn(textFields, name)),
    )
}

const escaped = (text: string) => text.replaceAll('|', '\\|')

export function renderFacts(source: string): string {
  const fields = readFactFields(source)
  const sections = (Object.keys(factList) as FactName[]).sort().map((name) => {
    const { category, says } = factList[name]
    const rows = (fields.get(name) ?? []).map((field) => `| \`${field.name}\` | \`${escaped(field.type)}\` |`)
    return [
      `## \`${name}\``,
      '',
      says,
      '',
      `Kept as: ${category}.`,
      '',
      '| field | type |',
      '|---|---|',
      ...rows,
      '',
    ].join('\n')
  })
  const texts = Object.entries(textFields).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  const types = Object.entries(closedTypes).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`)
  return [
    '# Facts',
    '',
    'Generated from `src/audit/facts.ts` by `npm run facts`; do not edit.',
    '',
    'The closed list of what the journal records. A fact holds identifiers and closed words: no name, contact, address,',
    'secret, code or token. How facts are sealed and proved is in [journal.md](journal.md); for how long each category is',
    'kept is in the settings.',
    '',
    'Types that end in `Id` are random identifiers of the hub. The others:',
    '',
    '| type | meaning |',
    '|---|---|',
    ...types,
    '',
    'Fields of type `string`:',
    '',
    '| field | holds |',
    '|---|---|',
    ...texts,
    '',
    ...sections,
  ].join('\n')
}

export const factsSource = join(import.meta.dirname, 'facts.ts')
export const factsDocument = join(import.meta.dirname, '../../docs/facts.md')

if (import.meta.main && process.argv.includes('--write')) {
  writeFileSync(factsDocument, renderFacts(readFileSync(factsSource, 'utf8')))
}
