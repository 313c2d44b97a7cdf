/**
 * Reads a mail as its receiver does: header fields, encoded words, parts, transfer encodings, charsets. It covers what
 * mail programs write today and falls back to the raw text where a sender was careless; it never throws.
 */

export interface Mail {
  from: Address[]
  to: Address[]
  subject: string
  /** The date that the sender wrote, as text. */
  date: string
  /** The first plain-text part, and the first HTML part; empty when there is none. */
  text: string
  html: string
  /** Every header field in its order, unfolded and decoded. */
  headers: [name: string, value: string][]
}

export interface Address {
  name: string
  address: string
}

interface Entity {
  headers: [string, string][]
  body: string
}

/** Parts inside parts: deeper than any honest mail. */
const deepest = 10

/** Bytes are read as Latin-1, which keeps each of them; a part's own charset is applied once its encoding is undone. */
export function parseMail(raw: Buffer): Mail {
  const entity = split(raw.toString('latin1'))
  const field = (name: string) => decodeWords(headerOf(entity, name))
  return {
    from: parseAddresses(headerOf(entity, 'from')),
    to: parseAddresses(headerOf(entity, 'to')),
    subject: field('subject'),
    date: field('date'),
    text: firstPart(entity, 'text/plain'),
    html: firstPart(entity, 'text/html'),
    headers: entity.headers.map(([name, value]) => [name, decodeWords(value)]),
  }
}

/** Header and body, the header's folded lines joined (RFC 5322 section 2.2.3). */
function split(source: string): Entity {
  // A part without header fields begins with the empty line itself.
  const end = /^\r?\n|\r?\n\r?\n/.exec(source)
  const head = end ? source.slice(0, end.index) : source
  const body = end ? source.slice(end.index + end[0].length) : ''
  const lines = head.replace(/\r?\n(?=[ \t])/g, '').split(/\r?\n/)
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':')
    return colon > 0 ? [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]] : []
  })
  return { headers, body }
}

function headerOf({ headers }: Entity, name: string): string {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? ''
}

/** A value with parameters: `text/plain; charset=utf-8` (RFC 2045 section 5.1). Names are lower case. */
function parameterised(value: string): { value: string; parameters: Record<string, string> } {
  const [first = '', ...rest] = value.match(/(?:[^;"]|"(?:\\.|[^"\\])*")+/g) ?? []
  const parameters = rest.map((parameter) => {
    const [name = '', text = ''] = parameter.split(/=(.*)/s)
    return [name.trim().toLowerCase(), unquote(text.trim())]
  })
  return { value: first.trim().toLowerCase(), parameters: Object.fromEntries(parameters) }
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text
}

/** Depth first, so that `multipart/alternative` inside `multipart/mixed` is found; attachments are passed over. */
function firstPart(entity: Entity, wanted: 'text/plain' | 'text/html', depth = 0): string {
  // "default … text/plain; charset=us-ascii" (RFC 2045 section 5.2)
  const { value: type, parameters } = parameterised(headerOf(entity, 'content-type') || 'text/plain')
  if (type.startsWith('multipart/') && parameters.boundary && depth < deepest) {
    for (const part of partsOf(entity.body, parameters.boundary)) {
      const found = firstPart(part, wanted, depth + 1)
      if (found) return found
    }
    return ''
  }
  if (type !== wanted || parameterised(headerOf(entity, 'content-disposition')).value === 'attachment') return ''
  return decodeText(transferDecoded(entity), parameters.charset ?? 'utf-8')
}

/** What stands between the boundary lines; before the first and after the last is for old programs (RFC 2046 5.1.1). */
function partsOf(body: string, boundary: string): Entity[] {
  const parts: string[][] = []
  for (const line of body.split(/(?<=\n)/)) {
    const text = line.trimEnd()
    if (text === `--${boundary}--`) break
    if (text === `--${boundary}`) parts.push([])
    else parts.at(-1)?.push(line)
  }
  // The line break before a boundary belongs to the boundary.
  return parts.map((lines) => split(lines.join('').replace(/\r?\n$/, '')))
}

function transferDecoded(entity: Entity): Buffer {
  const encoding = headerOf(entity, 'content-transfer-encoding').toLowerCase()
  if (encoding === 'base64') return Buffer.from(entity.body, 'base64')
  if (encoding === 'quoted-printable') return Buffer.from(quotedPrintable(entity.body), 'latin1')
  return Buffer.from(entity.body, 'latin1')
}

/** RFC 2045 section 6.7: spaces at a line's end were added on the way, soft line breaks vanish. */
function quotedPrintable(text: string): string {
  return unescapeBytes(text.replace(/[ \t]+(?=\r?\n|$)/g, '').replace(/=\r?\n/g, ''))
}

/** `=XX` is a byte. */
function unescapeBytes(text: string): string {
  return text.replace(/=([0-9A-Fa-f]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)))
}

function decodeText(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return bytes.toString('utf8')
  }
}

/**
 * Encoded words of RFC 2047. "Any 'linear-white-space' that separates a pair of adjacent 'encoded-word's is ignored"
 * (section 6.2); a sender may cut a character between two of them, so the bytes of neighbours are joined first.
 */
export function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s+(?==\?)/g, '$1')
  const decoded = joined.replace(/(?:=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=)+/g, decodeRun)
  // Raw UTF-8 in a header (RFC 6532) was read as Latin-1 so far; what was decoded above has higher characters already.
  return decoded === joined ? Buffer.from(joined, 'latin1').toString('utf8') : decoded
}

/** Neighbours of one charset are one text. */
function decodeRun(run: string): string {
  const pieces: { charset: string; bytes: Buffer[] }[] = []
  for (const [, label = '', encoding = '', text = ''] of run.matchAll(/=\?([^?\s]+)\?([BbQq])\?([^?\s]*)\?=/g)) {
    // "charset*language" is the form of RFC 2231 section 5.
    const charset = (label.split('*', 1)[0] ?? '').toLowerCase()
    const last = pieces.at(-1)
    const bytes = wordBytes(encoding, text)
    if (last?.charset === charset) last.bytes.push(bytes)
    else pieces.push({ charset, bytes: [bytes] })
  }
  return pieces.map(({ charset, bytes }) => decodeText(Buffer.concat(bytes), charset)).join('')
}

function wordBytes(encoding: string, text: string): Buffer {
  if (encoding.toUpperCase() === 'B') return Buffer.from(text, 'base64')
  return Buffer.from(unescapeBytes(text.replaceAll('_', ' ')), 'latin1')
}

/** `Name <a@b>`, `"Name, with comma" <a@b>`, `a@b`, separated by commas (RFC 5322 section 3.4). */
function parseAddresses(value: string): Address[] {
  const items = value.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? []
  return items.flatMap((item) => {
    const angled = /^(.*)<([^<>]*)>\s*$/s.exec(item.trim())
    const address = (angled?.[2] ?? item).trim()
    return address ? [{ name: decodeWords(unquote((angled?.[1] ?? '').trim())), address }] : []
  })
}
