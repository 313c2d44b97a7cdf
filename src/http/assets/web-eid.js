// Forms with `data-web-eid`: asks the Web eID extension for a token over the challenge in `data-challenge`, or, where it is
// `data-web-eid="sign"`, for a signature over one of the hashes in `data-hashes`, by the window messages that its page
// library documents (github.com/web-eid/web-eid.js), each acknowledged by `-ack` and answered by `-success` or `-failure`.
// The answer goes as JSON into the field `token`, and the form is sent. What goes wrong is said by the element whose
// `data-said` has the code, else by the one without any.

const libraryVersion = '2.0.2'
/** Milliseconds: for the extension to say that it is there, for its application, for the person. */
const [handshake, application, interaction] = [1000, 5000, 120_000]

for (const form of document.querySelectorAll('form[data-web-eid]')) prepare(form)

function prepare(form) {
  // A page may offer other ways beside, which say their own.
  const place = form.closest('[data-way]') ?? document
  const said = [...place.querySelectorAll('[data-said]')]
  const busy = place.querySelector('[data-asking]')
  const say = (code) => {
    const has = (one, word) => one.dataset.said.split(' ').includes(word)
    const found = code && (said.find((one) => has(one, code)) ?? said.find((one) => has(one, '')))
    for (const one of said) one.hidden = one !== found
  }
  let asking = false
  form.addEventListener('submit', async (event) => {
    const field = form.elements.namedItem('token')
    if (field.value) return
    // The guard of the page does not hear of it: the form is not sent yet.
    event.preventDefault()
    event.stopPropagation()
    if (asking) return
    asking = true
    event.submitter?.setAttribute('aria-busy', 'true')
    say(undefined)
    busy.hidden = false
    try {
      field.value = JSON.stringify(await (form.dataset.webEid === 'sign' ? sign : authenticate)(form.dataset))
      form.requestSubmit(event.submitter)
    } catch (error) {
      say(error.message)
    } finally {
      asking = false
      busy.hidden = true
      event.submitter?.removeAttribute('aria-busy')
    }
  })
  // Whoever lacks the extension reads so before pressing anything.
  setTimeout(() => ask('status', 0, {}).catch((error) => asking || say(error.message)), handshake)
  // Back from the next page: a challenge is good for once.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
}

const options = () => ({ lang: document.documentElement.lang, userInteractionTimeout: interaction })

async function authenticate({ challenge }) {
  const answer = await ask('authenticate', interaction, { challengeNonce: challenge, options: options() })
  const { unverifiedCertificate, algorithm, signature, format, appVersion } = answer
  return { unverifiedCertificate, algorithm, signature, format, appVersion }
}

/** Which card first, as its key says which hash it takes; then the signature, by the PIN for signatures. */
async function sign({ hashes }) {
  const known = JSON.parse(hashes)
  const { certificate, supportedSignatureAlgorithms } = await ask('get-signing-certificate', interaction, {
    options: options(),
  })
  const hashFunction = Object.keys(known).find((name) =>
    supportedSignatureAlgorithms.some((one) => one.hashFunction === name),
  )
  if (!hashFunction) throw new Error('no_common_hash')
  const asked = { certificate, hash: known[hashFunction], hashFunction, options: options() }
  const { signature, signatureAlgorithm } = await ask('sign', interaction, asked)
  return { certificate, signature, signatureAlgorithm }
}

/** One question to the extension; fails with the code of its answer, or of its silence. */
function ask(name, patience, more) {
  const action = `web-eid:${name}`
  return new Promise((done, fail) => {
    const end = (settle, value) => {
      removeEventListener('message', hear)
      clearTimeout(silence)
      clearTimeout(over)
      settle(value)
    }
    const hear = ({ source, origin, data }) => {
      if (source !== window || origin !== location.origin || typeof data?.action !== 'string') return
      if (data.action === `${action}-ack`) clearTimeout(silence)
      if (data.action === `${action}-success`) end(done, data)
      if (data.action === `${action}-failure`) end(fail, new Error(String(data.error?.code)))
    }
    const silence = setTimeout(() => end(fail, new Error('ERR_WEBEID_EXTENSION_UNAVAILABLE')), handshake)
    const over = setTimeout(() => end(fail, new Error('ERR_WEBEID_ACTION_TIMEOUT')), handshake + application + patience)
    addEventListener('message', hear)
    window.postMessage({ action, libraryVersion, ...more }, location.origin)
  })
}
