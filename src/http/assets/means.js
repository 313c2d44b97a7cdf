// For the pages of the hub's own means. Everything here makes a page that works without it more comfortable:
//   input[data-reveal]        a button shows and hides what was typed
//   [data-seconds]            a number of seconds that counts down
//   form[data-passkey]        is shown where the browser knows passkeys; with [data-autofill] they are offered in the field
//   form[data-challenge]      the proof of work of the automation check, done in a worker, which is this same file
//   button[data-print]        prints the page
// Nothing is fetched and nothing is kept.

if (globalThis.document) page()
else
  globalThis.onmessage = ({ data: { challenge, difficulty } }) => globalThis.postMessage(solve(challenge, difficulty))

function page() {
  for (const input of document.querySelectorAll('input[data-reveal]')) reveal(input)
  for (const one of document.querySelectorAll('[data-seconds]')) countDown(one)
  for (const form of document.querySelectorAll('form[data-passkey]')) void offer(form)
  for (const form of document.querySelectorAll('form[data-challenge]')) work(form)
  for (const button of document.querySelectorAll('button[data-print]')) {
    button.hidden = false
    button.addEventListener('click', () => print())
  }
}

function reveal(input) {
  const { show, hide } = input.dataset
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button button-quiet reveal'
  const set = (visible) => {
    input.type = visible ? 'text' : 'password'
    button.textContent = visible ? hide : show
    button.setAttribute('aria-pressed', String(visible))
  }
  button.setAttribute('aria-controls', input.id)
  button.addEventListener('click', () => set(input.type === 'password'))
  // Password managers look for a field of this type when a form leaves.
  input.form.addEventListener('submit', () => set(false), { capture: true })
  set(false)
  input.after(button)
}

function countDown(element) {
  const end = performance.now() + Number(element.dataset.seconds) * 1000
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000))
    element.textContent = String(left)
    if (left > 0) setTimeout(tick, 250)
  }
  tick()
}

async function offer(form) {
  if (!globalThis.PublicKeyCredential) return
  for (const one of document.querySelectorAll('[data-with-passkey]')) one.hidden = false
  form.hidden = false
  if (!('autofill' in form.dataset)) return
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON?.(JSON.parse(form.dataset.options))
  if (!publicKey) return
  // The button asks in its own way, and a browser answers one question at a time.
  const asking = new AbortController()
  form.addEventListener('submit', () => asking.abort(), { capture: true })
  try {
    const found = await navigator.credentials.get({ publicKey, mediation: 'conditional', signal: asking.signal })
    form.elements.namedItem('response').value = JSON.stringify(found)
    form.requestSubmit()
  } catch {
    // Declined or put aside: the page is as it was.
  }
}

function work(form) {
  const { challenge, difficulty } = form.dataset
  const field = form.elements.namedItem('solution')
  const status = form.querySelector('[role="status"]')
  let waiting
  const worker = new Worker(import.meta.url, { type: 'module' })
  worker.onmessage = ({ data }) => {
    field.value = data
    if (!waiting) return
    waiting.submitter?.removeAttribute('aria-busy')
    form.requestSubmit(waiting.submitter)
  }
  worker.postMessage({ challenge, difficulty: Number(difficulty) })
  form.addEventListener('submit', (event) => {
    // Whoever asks for a code by mail does without.
    if (field.value || event.submitter?.hasAttribute('formaction')) return
    // The guard of the page does not hear of it: the form is not sent yet.
    event.preventDefault()
    event.stopPropagation()
    waiting = event
    event.submitter?.setAttribute('aria-busy', 'true')
    status.textContent = status.dataset.busy
  })
}

// --- The worker ------------------------------------------------------------------------------------------------------

/** The first number whose SHA-256 with the challenge begins with so many zero bits. */
function solve(challenge, difficulty) {
  for (let number = 0; ; number++) {
    if (Math.clz32(sha256(`${challenge}:${number}`)) >= difficulty) return String(number)
  }
}

/** The first 32 bits of the SHA-256 of ASCII text (FIPS 180-4). `crypto.subtle` would answer one by one, later. */
function sha256(text) {
  const blocks = Math.ceil((text.length + 9) / 64)
  const words = new Int32Array(blocks * 16)
  for (let index = 0; index < text.length; index++) {
    words[index >> 2] |= text.charCodeAt(index) << (24 - (index & 3) * 8)
  }
  words[text.length >> 2] |= 0x80 << (24 - (text.length & 3) * 8)
  words[blocks * 16 - 1] = text.length * 8
  const state = Int32Array.from(initial)
  for (let block = 0; block < blocks; block++) compress(state, words.subarray(block * 16, block * 16 + 16))
  return state[0]
}

const turn = (value, by) => (value >>> by) | (value << (32 - by))

function compress(state, block) {
  const w = schedule
  for (let i = 0; i < 16; i++) w[i] = block[i]
  for (let i = 16; i < 64; i++) {
    const early = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3)
    const late = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10)
    w[i] = (w[i - 16] + early + w[i - 7] + late) | 0
  }
  let [a, b, c, d, e, f, g, h] = state
  for (let i = 0; i < 64; i++) {
    const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i]
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) state[i] = (state[i] + sums[i]) | 0
}

/** "The first thirty-two bits of the fractional parts" of roots of primes (FIPS 180-4 sections 4.2.2 and 5.3.3). */
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0
const primes = Array.from({ length: 311 }, (_, index) => index + 1).filter(
  (number) => number > 1 && !Array.from({ length: number }, (_, i) => i).some((i) => i > 1 && number % i === 0),
)
const initial = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const schedule = new Int32Array(64)
