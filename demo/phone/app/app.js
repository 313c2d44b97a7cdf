// The app from its first screen to its last: pairing, sign-ins, signatures, what was confirmed, renewal and the end of a
// pairing.
import { answerOf, findHub, Refusal, reach, signatureOf, signerOf } from './hub.js'
import { createScreens } from './screens.js'
import { installation, newDeviceKey, pairings } from './store.js'

const root = document.querySelector('#screen')
const { lang: language } = document.documentElement
const model = 'Garant demo'
const fingers = 3
/** Between two questions whether the screen has ended it (the protocol: every two seconds at most). */
const glance = 2_000

let hub = { name: 'Garant' }
const words = await reach(`/words/${language}.json`).then(answerOf)
const screens = createScreens({ root, words, language, hubName: () => hub.name })
const { say } = screens

await start()

async function start() {
  const given = new URLSearchParams(location.search).get('link')
  if (given) history.replaceState(null, '', '/')
  if (given) await attempt(() => signIn(given))
  for (;;) {
    const chosen = await screens.home(await pairings.all())
    await attempt({ pair, scan, approvals, phones }[chosen])
  }
}

/** Whatever goes wrong is said, and what the hub has ended is forgotten here as well. */
async function attempt(action) {
  screens.busy()
  try {
    await action()
  } catch (fault) {
    if (!(fault instanceof Refusal)) throw fault
    await screens.message(say('stopped'), explain(fault), { reference: referenceOf(fault) })
  }
}

function explain({ code, told: { reason } }) {
  const keys = [`${code}_${reason}`, `${code}_${told(reason)}`, code]
  const key = keys.map((one) => `error_${one}`).find((one) => one in words)
  return say(key ?? 'error_other')
}

/** The reasons of certificates are many; people need a few of them. */
function told(reason = '') {
  return ['revoked', 'expired', 'unknown_issuer'].find((word) => reason.includes(word)) ?? ''
}

function referenceOf({ code, told: { reason } }) {
  return [code, reason].filter(Boolean).join(' / ')
}

/** Finds the hub anew for each action: a telephone does not know what changed meanwhile. */
async function connect() {
  hub = await findHub()
}

// Cards and fingers

/**
 * Undefined when the person turned back, or the chip did not let them in. `use`: by which key of the card, the one that
 * signs in or the one that signs texts.
 */
async function signByCard({ text, use = 'authentication' }) {
  const { cards, pin: hint } = await reach('/cards').then(answerOf)
  const card = await screens.chooseCard(cards)
  if (!card) return undefined
  screens.busy('reading')
  const chip = await reach(`/cards/${card.id}?use=${use}`).then(answerOf)
  let left
  for (;;) {
    const pin = await screens.pin(card, { left, hint })
    if (pin === undefined) return undefined
    screens.busy('reading')
    const used = await reach(`/cards/${card.id}/sign`, { pin, text, use }).then(answerOf)
    if (used.kind === 'done') return { printed: card, card: { ...chip, signature: used.signature } }
    if (used.kind === 'blocked') {
      await screens.message(say('card_blocked'), say('card_blocked_text'))
      return undefined
    }
    left = used.left
  }
}

/** Sends what the card signed; a card that is refused may be followed by another one while the hub allows it. */
async function presentCard(question, send) {
  for (;;) {
    const signed = await signByCard(question)
    if (!signed) return undefined
    screens.busy()
    try {
      return { printed: signed.printed, answer: await send(signed.card) }
    } catch (refusal) {
      const again = refusal.code === 'card_unverifiable' || (refusal.code === 'card_refused' && refusal.told.left > 0)
      if (!again) throw refusal
      await screens.message(say('stopped'), explain(refusal), { next: 'again', reference: referenceOf(refusal) })
    }
  }
}

async function recognise() {
  for (let left = fingers, first = true; left > 0; left -= 1, first = false) {
    const finger = await screens.finger(first ? undefined : left)
    if (finger === 'own') return 'fingerprint'
    if (!finger) return undefined
  }
  await screens.message(say('finger_failed'), say('finger_failed_text'))
  return undefined
}

// Pairing

async function pair() {
  await connect()
  const [provider] = hub.providers
  if (!provider) throw new Refusal({ error: 'provider_unknown' })
  const begun = await hub.post('pairing', { provider: provider.id, installation: await installation() })
  const signer = await signerOf(await newDeviceKey())
  const paired = await prove(signer, begun, 'pairing')
  if (paired) await screens.message(say('paired'), say('paired_text', { name: paired.name }))
}

/** Attestation, card, finger: the steps of a pairing, and of its renewal with a new key. */
async function prove(signer, { pairing, challenge }, purpose) {
  const statement = await reach('/attest', { key: signer.jwk, challenge }).then(answerOf)
  const attestation = { pairing, challenge, platform: 'android', statement, model }
  const attested = await hub.send('pairing_attestation', 'attestation', signer, attestation)
  const text = await hub.cardText(attested.challenge, signer, purpose)
  const presented = await presentCard({ text }, (card) =>
    hub.send('pairing_card', 'card', signer, { pairing, challenge: attested.challenge, card }),
  )
  if (!presented) return undefined
  const method = await recognise()
  if (!method) return undefined
  screens.busy()
  const claims = { pairing, challenge: presented.answer.challenge, method }
  const { phone, provider, expires_at } = await hub.send('pairing_biometrics', 'biometrics', signer, claims)
  const { name, number, kind } = presented.printed
  const kept = {
    phone,
    provider,
    name,
    card: `${say(kind)} ${number}`,
    keys: signer.keys,
    expiresAt: expires_at * 1000,
  }
  for (const old of await pairings.all()) {
    if (old.phone !== phone && old.name === name && old.provider === provider) await pairings.forget(old.phone)
  }
  await pairings.keep(kept)
  return kept
}

// A sign-in

async function scan() {
  const scanned = await screens.scan()
  if (scanned) await signIn(scanned)
}

async function signIn(scanned) {
  screens.busy()
  await connect()
  const code = hub.codeIn(scanned)
  if (!code) return screens.message(say('stopped'), say('not_a_code'))
  const known = await pairings.all()
  const pairing = known.length > 1 ? await screens.whose(known) : known[0]
  if (known.length > 1 && !pairing) return
  screens.busy()
  const signer = pairing ? await signerOf(pairing.keys, pairing.phone) : await signerOf(await newDeviceKey())
  await speak({ signer, pairing }, () => confirm(signer, pairing, code))
}

async function confirm(signer, pairing, code) {
  let state = await hub.send('request_scan', 'scan', signer, { code })
  const { request } = state
  const send = (endpoint, type, claims) => hub.send(endpoint, type, signer, { request, ...claims })
  const what = viewOf(state, pairing)
  /** Of a signature, once it was shown. */
  let text
  const decline = async () => {
    const reason = await screens.why()
    if (!reason) return false
    screens.busy()
    await send('request_decline', 'decline', { reason })
    const outcome = `declined_${reason === 'not_me' ? 'not_me' : 'text'}`
    await screens.message(say('declined'), say(what.signs ? `${outcome}_signature` : outcome))
    return true
  }
  /** What each step asks; undefined turns to the question whether to decline. */
  const steps = {
    number: () => typeNumber(what, (number) => send('request_number', 'number', { number })),
    text: async () => {
      screens.busy()
      const shown = await send('request_text', 'text', {})
      if (!(await screens.read(shown.text)).goOn) return undefined
      text = shown.text
      return shown
    },
    card: async () => {
      const purpose = state.mode === 'reader' ? 'reading' : 'approval'
      const question = text
        ? { text: await hub.statement(text), use: 'signature' }
        : { text: await hub.cardText(state.challenge, signer, purpose) }
      const presented = await presentCard(question, (card) =>
        send('request_card', 'card', { challenge: state.challenge, card }),
      )
      return presented?.answer
    },
    biometrics: async () => {
      const method = await recognise()
      if (!method) return undefined
      screens.busy()
      return send('request_biometrics', 'biometrics', { challenge: state.challenge, method })
    },
    approve: async () => {
      if (!(await screens.request(what, { last: true, text })).approved) return undefined
      screens.busy()
      const own = text && !isByCard && { signature: await signatureOf(signer.keys, await hub.statement(text)) }
      return send('request_approval', 'approval', { challenge: state.challenge, ...own })
    },
  }
  steps.card_or_biometrics = steps.biometrics
  let isByCard = false
  // The way by a link begins without a number: what is asked is shown first all the same.
  let isShown = state.step === 'number'
  while (state.step !== 'wait') {
    if (!isShown && !(await screens.request(what)).goOn) {
      if (await decline()) return
      continue
    }
    isShown = true
    const { step } = state
    const next = await steps[step]()
    if (next) {
      state = next
      isByCard ||= step === 'card'
    } else if (await decline()) return
  }
  const { number, return: back } = state.confirm
  if (back) return screens.goBack(back)
  const leaving = new AbortController()
  await screens.number(
    number,
    hasEnded(() => send('request_state', 'state', {}), leaving.signal),
    what.signs,
  )
  leaving.abort()
}

function viewOf({ view, by, mode }, pairing) {
  const { service, asked_at, device, country, notices } = view
  return {
    service,
    signs: mode === 'signature',
    own: !service && mode !== 'signature',
    name: mode === 'reader' ? undefined : pairing?.name,
    place: country ? new Intl.DisplayNames([language], { type: 'region' }).of(country) : say('place_unknown_word'),
    device,
    at: asked_at * 1000,
    warnings: [...notices, ...(by.includes('device_key') || mode === 'reader' ? [] : [`card_needed_${mode}`])],
  }
}

async function typeNumber(what, send) {
  let left
  for (;;) {
    const { number } = await screens.request(what, { number: true, left })
    if (number === undefined) return undefined
    screens.busy()
    try {
      return await send(number)
    } catch (refusal) {
      if (refusal.code !== 'number_wrong') throw refusal
      left = refusal.told.left
    }
  }
}

/** Looks from time to time whether the screen has ended it: true when somebody is in, false when nobody will be. */
async function hasEnded(look, signal) {
  while (!signal.aborted) {
    await new Promise((done) => setTimeout(done, glance))
    const over = !signal.aborted && (await look().catch((refusal) => refusal))
    if (over?.code === 'request_over') return over.told.state === 'completed'
    if (over instanceof Error && over.code !== 'unreachable') throw over
  }
  return false
}

/** Anything said as a paired phone: the hub may answer that it is none any more. */
async function speak({ pairing }, action) {
  try {
    return await action()
  } catch (refusal) {
    if (pairing && ['phone_unknown', 'phone_revoked', 'phone_expired'].includes(refusal.code)) {
      await pairings.forget(pairing.phone)
    }
    throw refusal
  }
}

// What was confirmed, and the pairings

async function approvals() {
  await connect()
  const lines = []
  for (const pairing of await pairings.all()) {
    const signer = await signerOf(pairing.keys, pairing.phone)
    const { approvals: found } = await speak({ pairing }, () => hub.send('phone_approvals', 'approvals', signer, {}))
    lines.push(...found)
  }
  const names = new Intl.DisplayNames([language], { type: 'region' })
  lines.sort((one, other) => other.at - one.at)
  await screens.approvals(
    lines.map(({ at, country, ...line }) => ({ ...line, at: at * 1000, place: country ? names.of(country) : '' })),
  )
}

async function phones() {
  const answer = await screens.phones(await pairings.all())
  if (answer?.renew) await speak({ pairing: answer.renew }, () => renew(answer.renew))
  if (answer?.remove) await remove(answer.remove)
}

async function renew({ phone, keys }) {
  screens.busy()
  await connect()
  const begun = await hub.send('renewal', 'renewal', await signerOf(keys, phone), { rotate: true })
  const renewed = await prove(await signerOf(await newDeviceKey()), begun, 'renewal')
  if (renewed) await screens.message(say('renewed'), say('paired_text', { name: renewed.name }))
}

/** The key is destroyed in any case; the hub hears of it where it can. */
async function remove(pairing) {
  if (!(await screens.sure(pairing))) return
  screens.busy()
  const { phone, keys } = pairing
  await pairings.forget(phone)
  await connect()
  await hub.send('phone_end', 'end', await signerOf(keys, phone), {})
  await screens.message(say('removed'), pairing.name)
}
