/**
 * Names of subjects and issuers: how two are compared (RFC 5280 section 7.1), and which an issuer may give (section
 * 4.2.1.10).
 */
import {
  childrenOf,
  cursorOf,
  DerFault,
  type Element,
  elementOf,
  inside,
  oidOf,
  plain,
  someOf,
  tags,
  textOf,
} from './der.ts'

/** A distinguished name. */
export interface Name {
  raw: Buffer
  attributes: readonly { oid: string; value: Element }[]
  /** Each relative name in a form in which equal ones are equal texts. */
  relative: readonly string[]
}

export function nameOf(element: Element): Name {
  if (element.tag !== tags.sequence) throw new DerFault('name')
  const attributes: { oid: string; value: Element }[] = []
  const relative = childrenOf(element, tags.set).map((set) => {
    const parts = someOf(set, tags.sequence).map((one) => {
      const at = cursorOf(one.content)
      const oid = oidOf(at.next(tags.oid))
      const value = at.next()
      at.end()
      attributes.push({ oid, value })
      return `${oid}=${comparable(value)}`
    })
    return parts.sort().join('+')
  })
  return { raw: element.raw, attributes, relative }
}

/**
 * Case and spaces do not count, nor does what is not seen (RFC 4518 section 2.2), nor the type in which a text is written:
 * otherwise a name that is excluded would be given by writing it in another way. What is no text is compared as it is.
 */
function comparable(value: Element): string {
  if (!textTags.has(value.tag)) return `#${value.raw.toString('hex')}`
  const seen = textOf(value).normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll(unseen, '')
  // The mark tells that no text is mistaken for what separates.
  return JSON.stringify(seen.trim().replaceAll(/\s+/gu, ' '))
}

/** Of the controls those that are no space. */
const unseen = /\p{Default_Ignorable_Code_Point}|\p{Cf}|(?!\s)\p{Cc}/gu

const textTags: ReadonlySet<number> = new Set([
  ...[tags.utf8, tags.printable, tags.numeric, tags.teletex, tags.ia5, tags.visible, tags.universal, tags.bmp],
])

export function isSameName(a: Name, b: Name): boolean {
  return a.relative.length === b.relative.length && isWithin(a, b)
}

/** Begins the one as the other is: what a directoryName of name constraints means. */
function isWithin(name: Name, base: Name): boolean {
  return base.relative.every((part, index) => part === name.relative[index])
}

/** In the way of RFC 4514, with spaces where a line may break: for operators, the last part first. */
export function textOfName({ attributes }: Name): string {
  const short: Record<string, string> = {
    '2.5.4.3': 'CN',
    '2.5.4.4': 'SN',
    '2.5.4.5': 'serialNumber',
    '2.5.4.6': 'C',
    '2.5.4.7': 'L',
    '2.5.4.10': 'O',
    '2.5.4.11': 'OU',
    '2.5.4.12': 'title',
    '2.5.4.42': 'GN',
  }
  const escaped = (text: string) => text.replaceAll(/[\\,+"<>;=\p{Cc}]/gu, (sign) => `\\${sign}`)
  return attributes
    .map(({ oid, value }) => `${short[oid] ?? oid}=${textTags.has(value.tag) ? escaped(textOf(value)) : '#'}`)
    .reverse()
    .join(', ')
}

// --- Name constraints ----------------------------------------------------------------------------------------------

/** The forms of GeneralName that are understood; the others are compared with nothing. */
export type GeneralName =
  | { form: 'mail' | 'dns' | 'uri'; text: string }
  | { form: 'directory'; name: Name }
  | { form: `other ${number}` }

export function generalNameOf({ tag, content }: Element): GeneralName {
  if (tag === inside(4)) return { form: 'directory', name: nameOf(elementOf(content)) }
  const form = tag === plain(1) ? 'mail' : tag === plain(2) ? 'dns' : tag === plain(6) ? 'uri' : undefined
  if (form === undefined) return { form: `other ${tag & 0x1f}` }
  if (content.some((byte) => byte <= 0x20 || byte >= 0x7f)) throw new DerFault('general name')
  return { form, text: content.toString('latin1') }
}

export interface NameConstraints {
  permitted: readonly GeneralName[]
  excluded: readonly GeneralName[]
}

export function nameConstraintsOf(value: Element): NameConstraints {
  const at = cursorOf(value.content)
  const subtrees = (element: Element | undefined) =>
    element
      ? someOf(element, tags.sequence).map((subtree) => {
          const [base, ...bounds] = childrenOf(subtree)
          // "minimum MUST be zero, and maximum MUST be absent": a zero is the default, which DER leaves out.
          if (!base || bounds.length > 0) throw new DerFault('subtree')
          return generalNameOf(base)
        })
      : []
  const permitted = subtrees(at.maybe(inside(0)))
  const excluded = subtrees(at.maybe(inside(1)))
  at.end()
  if (permitted.length + excluded.length === 0) throw new DerFault('subtrees')
  return { permitted, excluded }
}

/**
 * May these names be given below somebody who constrains them so? A form that is constrained and not understood is
 * refused where it appears: "MUST either process the constraint or reject the certificate".
 */
export function areAllowed(names: readonly GeneralName[], { permitted, excluded }: NameConstraints): boolean {
  return names.every((name) => {
    const same = (list: readonly GeneralName[]) => list.filter(({ form }) => form === name.form)
    const [allowed, forbidden] = [same(permitted), same(excluded)]
    if (forbidden.some((base) => !isUnderstood(base) || isBelow(name, base))) return false
    return allowed.length === 0 || allowed.some((base) => isUnderstood(base) && isBelow(name, base))
  })
}

const isUnderstood = ({ form }: GeneralName) => form === 'mail' || form === 'dns' || form === 'directory'

function isBelow(name: GeneralName, base: GeneralName): boolean {
  if (name.form === 'directory' && base.form === 'directory') return isWithin(name.name, base.name)
  if (!('text' in name && 'text' in base)) return false
  if (name.form === 'dns') {
    const [host, bound] = [hostOf(name.text), hostOf(base.text).replace(/^\./, '')]
    return bound === '' || host === bound || host.endsWith(`.${bound}`)
  }
  // "may specify a particular mailbox, all addresses at a particular host, or all mailboxes in a domain".
  const [local, host] = mailboxOf(name.text)
  const [ofLocal, bound] = mailboxOf(base.text)
  if (base.text.includes('@')) return local === ofLocal && host === bound
  return bound.startsWith('.') ? host.endsWith(bound) : host === bound
}

/** In small letters, without the dot of the root: the same host with and without it. */
const hostOf = (text: string) => text.toLowerCase().replace(/\.$/, '')

/** The part before the last `@`, which is somebody else's affair, and the host. */
function mailboxOf(text: string): [local: string, host: string] {
  const at = text.lastIndexOf('@')
  return [text.slice(0, Math.max(0, at)), hostOf(text.slice(at + 1))]
}
