/** What responders and lists may say, wrong in one way each, and what is kept of it. */
import assert from 'node:assert/strict'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, describe, test } from 'node:test'
import type { OwnExtensions, Question } from '../../demo/authority/authority.ts'
import {
  type AnswerOrder,
  extensions as ext,
  type ListOrder,
  listExtensions,
  nameOf,
  purposes,
  writeAnswer,
  writeCertId,
  writeCertificate,
  writeList,
  writeNoAnswer,
} from '../../demo/authority/x509.ts'
import { type Card, cardKinds, salma, startAuthority } from '../../test/support/cards.ts'
import { createTestClock } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import { createOutbound } from '../http/outbound.ts'
import type { Level } from '../kernel/assurance.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { publicOnly } from '../policy/destinations.ts'
import { type Certificates, createCertificates } from './certificates.ts'
import { readList } from './lists.ts'
import { readAnswer } from './ocsp.ts'
import { parseCertificate } from './x509.ts'

const clock = createTestClock()
const authority = await startAuthority(clock)
const toOwn = createOutbound({ rules: 'anywhere', size: 16 * 1024 * 1024 })
const toNamed = createOutbound({ rules: publicOnly })
after(async () => {
  toOwn.close()
  toNamed.close()
  await authority.close()
})

function room(revocation: Record<string, unknown> = {}): Certificates {
  const kinds = cardKinds(authority, { cnie: { revocation: { hosts: ['localhost'], ...revocation } } })
  return createCertificates({ kinds, clock, key: Buffer.alloc(32, 5), toOwn, toNamed })
}

const usual = room()

/** With a responder, a list, or both. */
function issue(...names: (keyof OwnExtensions)[]): Card {
  const named = (own: OwnExtensions) =>
    Object.entries(own).flatMap(([name, one]) =>
      /^(?:responder|lists)$/.test(name) && !names.includes(name as keyof OwnExtensions) ? [] : [one],
    )
  return authority.issue({ kind: 'cnie', holder: salma, defects: { extensions: named } })
}

/** The reason, or by whom the card is known to be good. */
async function judged(card: Card, { by = usual, level = 'eidas3' as Level } = {}): Promise<string> {
  const found = await by.check(card.certificate, { kinds: ['cnie'], use: 'authentication', level })
  return found.ok ? `${found.revocation.by}, ${found.level}` : `${found.reason}${found.ours ? ', ours' : ''}`
}

beforeEach(() => {
  authority.answer = undefined
  authority.lists.clear()
  authority.asked.length = 0
  authority.start()
  // Nothing that was silent is still taken to be.
  clock.advance(11 * minute)
})

// --- The responder -------------------------------------------------------------------------------------------------

const { cnie: responder, cpx: otherResponder } = authority.responders
const { cnie: issuer, cpx: otherIssuer } = authority.issuers
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const answerTo = (question: Question, changes: Partial<AnswerOrder> = {}) =>
  writeAnswer({
    certId: question.certId,
    status: 'good',
    producedAt: clock.now(),
    thisUpdate: clock.now(),
    nextUpdate: clock.now() + hour,
    ...(question.nonce ? { nonce: question.nonce } : {}),
    signer: responder.key,
    certificates: [responder.certificate],
    responder: { name: responder.name },
    ...changes,
  })

/** A responder that the issuer charged, or did not. */
function delegate(own: Buffer[], changes: Record<string, unknown> = {}): Partial<AnswerOrder> {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = nameOf([['commonName', 'Somebody who answers']])
  const certificate = writeCertificate({
    subject: name,
    issuer: issuer.name,
    serial: Buffer.from([0x50, 1]),
    notBefore: clock.now() - day,
    notAfter: clock.now() + day,
    key: keys.publicKey,
    signer: issuer.key,
    extensions: own,
    ...changes,
  })
  return { signer: keys.privateKey, certificates: [certificate], responder: { name } }
}

const answers = ext.purposes(purposes.ocspSigning)
const isListed = ext.lists(`${authority.url}/lists/cnie.crl`)
const flip = (bytes: Buffer) => {
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes
}

const unknown = 'revocation_unknown, ours'
const fine = 'ocsp, eidas3'

const said: [
  what: string,
  expected: string,
  (question: Question) => Buffer | number,
  settings?: Record<string, unknown>,
][] = [
  ['is good, by its delegate', fine, (q) => answerTo(q)],
  [
    'is good, by the issuer itself',
    fine,
    (q) => answerTo(q, { signer: issuer.key, certificates: [], responder: { key: issuer.publicKey } }),
  ],
  ['is revoked', 'revoked', (q) => answerTo(q, { status: { revokedAt: clock.now() - day } })],
  ['is not known to it', 'not_issued', (q) => answerTo(q, { status: 'unknown' })],
  ['was asked for in a malformed way', unknown, () => writeNoAnswer(1)],
  ['cannot be told because of an error', unknown, () => writeNoAnswer(2)],
  ['is to be asked for later', unknown, () => writeNoAnswer(3)],
  ['is not for us', unknown, () => writeNoAnswer(6)],
  ['is an error of HTTP', unknown, () => 500],
  ['is a redirection', unknown, () => 302],
  ['is no answer at all', unknown, () => Buffer.from('<html>')],
  ['is endless', unknown, () => Buffer.alloc(100_000, 0x30)],
  ['is empty', unknown, () => Buffer.alloc(0)],
  [
    'is good, with a signature that has a bit changed',
    unknown,
    (q) => flip(answerTo(q, { signer: issuer.key, certificates: [], responder: { name: issuer.name } })),
  ],
  ['is good, signed by another key', unknown, (q) => answerTo(q, { signer: stranger.privateKey })],
  ['is good, signed with SHA-1', unknown, (q) => answerTo(q, { hash: 'sha1' })],
  ['is good, without the certificate of who signed', unknown, (q) => answerTo(q, { certificates: [] })],
  [
    'is good, by the delegate of another issuer',
    unknown,
    (q) =>
      answerTo(q, {
        signer: otherResponder.key,
        certificates: [otherResponder.certificate],
        responder: { name: otherResponder.name },
      }),
  ],
  [
    'is good, by somebody charged with something else',
    unknown,
    (q) => answerTo(q, delegate([ext.purposes(purposes.clientAuth), ext.noCheck()])),
  ],
  [
    'is good, by another card of the same issuer',
    unknown,
    (q) => answerTo(q, delegate([ext.keyUsage('digitalSignature')])),
  ],
  [
    'is good, by a delegate whose time is over',
    unknown,
    (q) => answerTo(q, delegate([answers, ext.noCheck()], { notAfter: clock.now() - day / 2 })),
  ],
  [
    'is good, by a delegate whom somebody else signed',
    unknown,
    (q) => answerTo(q, delegate([answers, ext.noCheck()], { signer: stranger.privateKey })),
  ],
  [
    'is good, by a delegate with a critical extension that nobody knows',
    unknown,
    (q) => answerTo(q, delegate([answers, ext.noCheck(), ext.other('1.2.3', { critical: true })])),
  ],
  [
    'is good, by a delegate of whom nobody tells whether they are revoked',
    unknown,
    (q) => answerTo(q, delegate([answers])),
  ],
  ['is good, by a delegate who is on no list', fine, (q) => answerTo(q, delegate([answers, isListed]))],
  [
    'is good, of another serial number',
    unknown,
    (q) =>
      answerTo(q, {
        certId: writeCertId({ issuer: issuer.name, issuerKey: issuer.publicKey, serial: Buffer.from([0x42]) }),
      }),
  ],
  [
    'is good, of another issuer’s key',
    unknown,
    (q) =>
      answerTo(q, {
        certId: writeCertId({
          issuer: issuer.name,
          issuerKey: otherIssuer.publicKey,
          serial: Buffer.from(q.serial, 'hex'),
        }),
      }),
  ],
  [
    'is good, of another issuer’s name',
    unknown,
    (q) =>
      answerTo(q, {
        certId: writeCertId({
          issuer: otherIssuer.name,
          issuerKey: issuer.publicKey,
          serial: Buffer.from(q.serial, 'hex'),
        }),
      }),
  ],
  ['is good, with another nonce', unknown, (q) => answerTo(q, { nonce: Buffer.alloc(32, 9) })],
  ['is good, without a nonce', fine, (q) => answerTo({ ...q, nonce: undefined } as never)],
  [
    'is good, without the nonce that settings require',
    unknown,
    (q) => answerTo({ ...q, nonce: undefined } as never),
    { nonce: 'required' },
  ],
  ['is good, with the nonce that settings require', fine, (q) => answerTo(q), { nonce: 'required' }],
  [
    'is good, from an hour in the future',
    unknown,
    (q) => answerTo(q, { thisUpdate: clock.now() + hour, nextUpdate: clock.now() + 2 * hour }),
  ],
  [
    'is good, from a clock that is a minute fast',
    fine,
    (q) => answerTo(q, { producedAt: clock.now() + minute, thisUpdate: clock.now() + minute }),
  ],
  [
    'is good, until a while ago',
    unknown,
    (q) => answerTo(q, { thisUpdate: clock.now() - 2 * hour, nextUpdate: clock.now() - hour }),
  ],
  [
    'is good, from nine days ago and until next year',
    unknown,
    (q) => answerTo(q, { thisUpdate: clock.now() - 9 * day, nextUpdate: clock.now() + 365 * day }),
  ],
  [
    'is good, from a moment ago and without an end',
    fine,
    (q) => answerTo({ ...q }, { thisUpdate: clock.now() - minute, nextUpdate: undefined as never }),
  ],
  [
    'is good, from an hour ago and without an end',
    unknown,
    (q) => answerTo(q, { thisUpdate: clock.now() - hour, nextUpdate: undefined as never }),
  ],
  [
    'is good, with a critical extension that nobody knows',
    unknown,
    (q) => answerTo(q, { extensions: [ext.other('1.2.3', { critical: true })] }),
  ],
]

describe('R076: when the responder says that a card', () => {
  for (const [what, expected, answer, settings] of said) {
    test(`${what}: ${expected}`, async () => {
      authority.answer = answer
      assert.equal(await judged(issue('responder'), settings ? { by: room(settings) } : {}), expected)
    })
  }

  test('is good by a delegate who is revoked, nobody has said it', async () => {
    authority.answer = (question) => answerTo(question, delegate([answers, isListed]))
    authority.lists.set('cnie', list({ revoked: [{ serial: Buffer.from([0x50, 1]), at: clock.now() }] }))
    assert.equal(await judged(issue('responder')), unknown)
  })
})

// --- The list ------------------------------------------------------------------------------------------------------

const here = `${authority.url}/lists/cnie.crl`

function list(changes: Partial<ListOrder> = {}): Buffer {
  return writeList({
    issuer: issuer.name,
    signer: issuer.key,
    thisUpdate: clock.now(),
    nextUpdate: clock.now() + 7 * day,
    revoked: [{ serial: Buffer.from([0x41]), at: clock.now() - day }],
    ...changes,
  })
}

const critical = ext.other('1.3.6.1.4.1.32473.7', { critical: true })
const onList = 'crl, eidas3'
const listed: [what: string, expected: string, (card: Card) => Buffer | number][] = [
  ['is without it', onList, () => list()],
  ['is empty', onList, () => list({ revoked: [] })],
  ['has it', 'revoked', ({ serial }) => list({ revoked: [{ serial: Buffer.from(serial, 'hex'), at: clock.now() }] })],
  ['is not there', unknown, () => 404],
  ['is none', unknown, () => Buffer.from('<html>')],
  ['is cut short', unknown, () => list().subarray(0, 100)],
  ['has a signature of another key', unknown, () => list({ signer: stranger.privateKey })],
  ['has a signature with a bit changed', unknown, () => flip(list())],
  ['is signed with SHA-1', unknown, () => list({ hash: 'sha1' })],
  ['is of another issuer', unknown, () => list({ issuer: otherIssuer.name, signer: otherIssuer.key })],
  ['is from tomorrow', unknown, () => list({ thisUpdate: clock.now() + day })],
  [
    'should have been followed by another',
    unknown,
    () => list({ thisUpdate: clock.now() - day, nextUpdate: clock.now() - hour }),
  ],
  ['does not say when the next comes', unknown, () => list({ nextUpdate: undefined as never })],
  ['is older than settings allow', unknown, () => list({ thisUpdate: clock.now() - 9 * day })],
  ['only says what changed', unknown, () => list({ extensions: [listExtensions.delta(1)] })],
  ['is of several issuers', unknown, () => list({ extensions: [listExtensions.scope({ indirect: true })] })],
  ['is for some reasons only', unknown, () => list({ extensions: [listExtensions.scope({ someReasons: true })] })],
  ['is of authorities only', unknown, () => list({ extensions: [listExtensions.scope({ onlyIssuers: true })] })],
  [
    'is of attribute certificates only',
    unknown,
    () => list({ extensions: [listExtensions.scope({ onlyAttributes: true })] }),
  ],
  ['is of cards only', onList, () => list({ extensions: [listExtensions.scope({ onlyCards: true })] })],
  ['says that it is elsewhere', unknown, () => list({ extensions: [listExtensions.scope({ url: `${here}.2` })] })],
  ['says that it is where it is', onList, () => list({ extensions: [listExtensions.scope({ url: here })] })],
  [
    'says so, and has a critical extension that nobody knows',
    unknown,
    () => list({ extensions: [listExtensions.scope({ url: here }), critical] }),
  ],
  [
    'has a critical extension that nobody knows in a line',
    unknown,
    () => list({ revoked: [{ serial: Buffer.from([0x41]), at: clock.now(), extensions: [critical] }] }),
  ],
]

describe('R076: when nobody answers and the list of a card’s issuer', () => {
  for (const [what, expected, made] of listed) {
    test(`${what}: ${expected}`, async () => {
      const card = issue('lists')
      authority.lists.set('cnie', made(card))
      assert.equal(await judged(card), expected)
    })
  }

  test('is all that there is, the responder’s silence is not the end', async () => {
    authority.answer = () => 503
    assert.equal(await judged(issue('responder', 'lists')), onList)
  })

  test('says that a card is good, a responder that says the contrary was asked first', async () => {
    authority.answer = (question) => answerTo(question, { status: { revokedAt: clock.now() } })
    assert.equal(await judged(issue('responder', 'lists')), 'revoked')
  })
})

describe('R076: a list that cannot be the right one', () => {
  test('is fetched again soon: whoever put another in its place once has not shut everybody out', async () => {
    authority.lists.set('cnie', flip(list()))
    assert.equal(await judged(issue('lists')), unknown)
    authority.lists.delete('cnie')
    clock.advance(11 * second)
    assert.equal(await judged(issue('lists')), onList)
  })

  test('is not fetched for each card that comes: one that was not renewed in time is asked for as rarely as silence', async () => {
    authority.lists.set('cnie', list({ thisUpdate: clock.now() - day, nextUpdate: clock.now() - hour }))
    const fetches = () => authority.asked.filter((line) => line === 'GET /lists/cnie.crl').length
    for (let each = 0; each < 5; each++) assert.equal(await judged(issue('lists')), unknown)
    assert.equal(fetches(), 1)
    clock.advance(11 * second)
    assert.equal(await judged(issue('lists')), unknown)
    assert.equal(fetches(), 2)
  })
})

// --- Without an answer ---------------------------------------------------------------------------------------------

describe('R077: without an answer', () => {
  test('a card is refused, with a word that it is not the card', async () => {
    authority.stop()
    assert.equal(await judged(issue('responder', 'lists')), unknown)
    assert.equal(await judged(issue()), unknown)
  })

  test('a card at eidas3 is refused whatever the settings; below they may say otherwise', async () => {
    const by = room({ danger_soft_fail_below_eidas3: true })
    const card = issue('responder')
    authority.stop()
    assert.equal(await judged(card, { by, level: 'eidas3' }), unknown)
    assert.equal(await judged(card, { by, level: 'eidas2' }), 'nothing, eidas2')
    assert.equal(await judged(card, { level: 'eidas2' }), unknown)
  })

  test('however many addresses a certificate names, nobody waits for all of them', async () => {
    const asked: string[] = []
    const silent = createServer((request) => void asked.push(request.url ?? ''))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const at = `http://localhost:${(silent.address() as AddressInfo).port}`
    const kinds = cardKinds(authority, { cnie: { revocation: { hosts: ['localhost'] } } })
    const by = createCertificates({ kinds, clock, key: Buffer.alloc(32, 5), toOwn, toNamed, patience: 1_000 })
    const extensions = ({ responder: _, lists: __, ...own }: OwnExtensions) => [
      ...Object.values(own),
      ext.responder(`${at}/1`),
      ext.lists(`${at}/2`, `${at}/3`, `${at}/4`),
    ]
    const card = authority.issue({ kind: 'cnie', holder: salma, defects: { extensions } })
    try {
      assert.equal(await judged(card, { by }), unknown)
      assert.ok(asked.length > 0 && asked.length <= 2, asked.join(' '))
    } finally {
      silent.closeAllConnections()
      silent.close()
    }
  })

  test('nobody is asked again at once; some seconds later they are', async () => {
    authority.stop()
    const card = issue('responder')
    for (const one of [card, card, issue('responder')]) assert.equal(await judged(one), unknown)
    assert.equal(authority.asked.filter((line) => line.startsWith('POST')).length, 1)
    authority.start()
    clock.advance(11 * second)
    assert.equal(await judged(card), fine)
  })
})

// --- Whom is asked -------------------------------------------------------------------------------------------------

describe('who is asked', () => {
  const elsewhere = ext.responder(`${authority.url}/ocsp/elsewhere`)
  const led = () =>
    authority.issue({
      kind: 'cnie',
      holder: salma,
      defects: { extensions: ({ lists: _, ...own }) => Object.values({ ...own, responder: elsewhere }) },
    })

  test('is the responder of the settings and no other, where they name one', async () => {
    const by = room({ ocsp: `${authority.url}/ocsp/cnie` })
    assert.equal(await judged(led(), { by }), fine)
    assert.ok(!authority.asked.some((line) => line.includes('elsewhere')))
  })

  test('is nobody of our own network whom a certificate names, unless settings name the host', async () => {
    assert.equal(await judged(issue('responder', 'lists'), { by: room({ hosts: [] }) }), unknown)
    assert.deepEqual(authority.asked, [])
  })

  test('is one for many who come at once, and everybody gets the answer', async () => {
    const cards = Array.from({ length: 100 }, () => issue('lists'))
    const found = await Promise.all(cards.map((card) => judged(card)))
    assert.deepEqual(new Set(found), new Set([onList]))
    assert.equal(authority.asked.filter((line) => line === 'GET /lists/cnie.crl').length, 1)
  })
})

// --- What is kept --------------------------------------------------------------------------------------------------

describe('what was said', () => {
  test('is kept for ten minutes, and no longer', async () => {
    const card = issue('responder')
    const asked = () => authority.asked.filter((line) => line === 'POST /ocsp/cnie').length
    await judged(card)
    clock.advance(9 * minute)
    await judged(card)
    assert.equal(asked(), 1)
    clock.advance(minute)
    authority.revoke(card.serial)
    assert.equal(await judged(card), 'revoked')
    assert.equal(asked(), 2)
  })

  test('is kept no longer than until the next answer is due', async () => {
    const card = issue('responder')
    authority.answer = (question) => answerTo(question, { nextUpdate: clock.now() + minute })
    await judged(card)
    clock.advance(minute)
    authority.answer = (question) => answerTo(question, { status: { revokedAt: clock.now() } })
    assert.equal(await judged(card), 'revoked')
  })

  test('of a revocation is kept until the next answer is due, whatever is said meanwhile', async () => {
    const card = issue('responder')
    authority.answer = (question) => answerTo(question, { status: { revokedAt: clock.now() } })
    assert.equal(await judged(card), 'revoked')
    authority.answer = undefined
    clock.advance(59 * minute)
    assert.equal(await judged(card), 'revoked')
    clock.advance(minute)
    assert.equal(await judged(card), fine)
  })
})

// --- Long and broken ones ------------------------------------------------------------------------------------------

describe('a list', () => {
  test('of a hundred thousand lets others have their turn while it is read, and is then a look-up', async () => {
    const revoked = Array.from({ length: 100_000 }, (_, index) => {
      const serial = Buffer.alloc(16, 0x41)
      serial.writeUInt32BE(index, 12)
      return { serial, at: clock.now() }
    })
    let pauses = 0
    const found = await readList(list({ revoked }), { pause: async () => void pauses++ })
    assert.ok('revoked' in found)
    assert.deepEqual([found.revoked.size, pauses], [100_000, 200])
  })

  test('or an answer that is broken anywhere is a value and no error', async () => {
    const card = issue('responder', 'lists')
    const certificate = parseCertificate(card.certificate)
    const by = parseCertificate(issuer.certificate)
    const whole = {
      list: list({ extensions: [listExtensions.scope({ url: here })] }),
      answer: answerTo({
        issuer,
        certId: writeCertId({
          issuer: issuer.name,
          issuerKey: issuer.publicKey,
          serial: Buffer.from(card.serial, 'hex'),
        }),
        serial: card.serial,
      }),
    }
    const rules = {
      certificate,
      issuer: by,
      nonce: Buffer.alloc(32),
      isNonceRequired: false,
      now: clock.now(),
      window: { skew: 0, oldest: day, oldestWithoutEnd: 0 },
    }
    const place = fc.record({
      part: fc.double({ min: 0, max: 0.999, noNaN: true }),
      byte: fc.integer({ min: 0, max: 255 }),
    })
    assert.equal(readAnswer(whole.answer, rules).kind, 'good')
    await fc.assert(
      fc.asyncProperty(
        fc.array(place, { minLength: 1, maxLength: 5 }),
        fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
        async (changes, cut) => {
          for (const kind of ['list', 'answer'] as const) {
            const bytes = Buffer.from(whole[kind])
            for (const { part, byte } of changes) bytes[Math.floor(part * bytes.length)] = byte
            const sent = bytes.subarray(0, Math.ceil(cut * bytes.length))
            if (kind === 'list') await readList(sent, { pause: async () => {} })
            else if (!sent.equals(whole.answer)) assert.notEqual(readAnswer(sent, rules).kind, 'good')
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('R076: an issuer', () => {
  test('who is revoked takes all its cards along, unless another certificate of theirs stands', async () => {
    const card = issue('responder')
    assert.equal(await judged(card), fine)
    authority.revoke(new X509Certificate(issuer.certificate).serialNumber.toLowerCase())
    clock.advance(10 * minute)
    assert.equal(await judged(card), 'issuer_revoked')

    // The same authority with another certificate, which is on no list: a card may bring it along.
    const renewed = writeCertificate({
      subject: issuer.name,
      issuer: authority.root.name,
      serial: Buffer.from([0x51]),
      notBefore: clock.now() - day,
      notAfter: clock.now() + day,
      key: issuer.publicKey,
      signer: authority.root.key,
      hash: 'sha384',
      extensions: [
        ext.basicConstraints({ ca: true }),
        ext.keyUsage('keyCertSign', 'cRLSign'),
        ext.policies(authority.policies.cnie),
        ext.lists(`${authority.url}/lists/root.crl`),
      ],
    })
    const ask = { kinds: ['cnie'], use: 'authentication', level: 'eidas3', intermediates: [renewed] } as const
    const found = await usual.check(card.certificate, ask)
    assert.ok(found.ok && found.chain[1]?.equals(renewed))
  })
})
