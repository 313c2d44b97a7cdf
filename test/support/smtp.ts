/**
 * A mail server of a test's own, over real SMTP. It keeps what it takes, and reads it as a mail program does: headers
 * unfolded and decoded, the parts of a multipart message decoded from their transfer encoding.
 */
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { freePort } from './ports.ts'

export interface ReceivedMail {
  /** From the envelope, not from the headers. */
  from: string
  to: string[]
  raw: string
  /** Names in lower case. */
  headers: Map<string, string>
  text: string
  html: string
}

export interface TestSmtp {
  host: string
  port: number
  mails: ReceivedMail[]
  /** What it answers to a recipient: nothing takes the mail, a code refuses it (4xx for now, 5xx for good). */
  answer: (recipient: string) => number | undefined
  /** Connections that were opened to it. */
  connections: number
  close(): Promise<void>
}

export async function startSmtp(options: SMTPServerOptions & { port?: number } = {}): Promise<TestSmtp> {
  // Not one of the system's: it would be given to somebody else while a test has the server closed.
  const { port = await freePort(), ...serverOptions } = options
  const smtp: TestSmtp = {
    host: '127.0.0.1',
    port: 0,
    mails: [],
    answer: () => undefined,
    connections: 0,
    close: () => new Promise((done) => server.close(() => done())),
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 10,
    onConnect(_session, callback) {
      smtp.connections++
      callback()
    },
    onRcptTo({ address }, _session, callback) {
      const responseCode = smtp.answer(address)
      callback(responseCode ? Object.assign(new Error(`refused <${address}>`), { responseCode }) : null)
    },
    onData(stream, session, callback) {
      readText(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope
        smtp.mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          ...read(raw),
        })
        callback()
      }, callback)
    },
    ...serverOptions,
  })
  // A client that goes away in the middle is not a fault of the test.
  server.on('error', () => {})
  await new Promise<void>((ready) => server.listen(port, smtp.host, () => ready()))
  smtp.port = (server.server.address() as AddressInfo).port
  return smtp
}

function read(raw: string): Omit<ReceivedMail, 'from' | 'to'> {
  const { headers, body } = entity(raw)
  const parts = partsOf(headers, body)
  const bodyOf = (type: string) => parts.find((part) => part.type === type)?.body ?? ''
  return { raw, headers, text: bodyOf('text/plain'), html: bodyOf('text/html') }
}

function entity(raw: string) {
  const split = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())] as const
    }),
  )
  return { headers, body: raw.slice(split + 4) }
}

function partsOf(headers: Map<string, string>, body: string): { type: string; body: string }[] {
  const type = headers.get('content-type') ?? 'text/plain'
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary) {
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => entity(part.replace(/^\r\n/, '').replace(/\r\n$/, '')))
      .flatMap((part) => partsOf(part.headers, part.body))
  }
  return [{ type: type.split(';')[0] ?? '', body: decodeBody(body, headers.get('content-transfer-encoding')) }]
}

function decodeBody(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return unix(Buffer.from(body, 'base64').toString('utf8'))
  if (encoding === 'quoted-printable') return unix(unquote(body.replace(/=\r\n/g, '')))
  return unix(body)
}

const unix = (text: string) => text.replaceAll('\r\n', '\n')

function unquote(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Encoded words (RFC 2047): adjacent ones join without the space between them. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, encoding: string, text: string) =>
      encoding.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('utf8')
        : unquote(text.replaceAll('_', ' ')),
    )
}
