// Forms with `data-passkey="create"` or `"get"`: asks the browser for a passkey with the options in `data-options`
// (WebAuthn Level 3, sections 5.1.3 and 5.1.4, bytes in base64url), puts the answer as JSON into the field `response`
// and sends the form. What goes wrong is said by the element whose `data-said` is the name of the exception, else by
// the one without a name. Nothing is fetched.

for (const form of document.querySelectorAll('form[data-passkey]')) prepare(form)

function prepare(form) {
  // A page may offer other ways beside, which say their own.
  const said = [...(form.closest('[data-way]') ?? document).querySelectorAll('[data-said]')]
  const say = (name) => {
    const found = said.find((one) => one.dataset.said === name) ?? said.find((one) => one.dataset.said === '')
    for (const one of said) one.hidden = one !== found
  }
  if (!globalThis.PublicKeyCredential) {
    form.hidden = true
    say('unsupported')
    return
  }
  let asking = false
  form.addEventListener('submit', async (event) => {
    const field = form.elements.namedItem('response')
    if (field.value) return
    // The guard of the page does not hear of it: the form is not sent yet.
    event.preventDefault()
    event.stopPropagation()
    if (asking) return
    asking = true
    event.submitter?.setAttribute('aria-busy', 'true')
    for (const one of said) one.hidden = true
    try {
      const options = JSON.parse(form.dataset.options)
      field.value = JSON.stringify(await (form.dataset.passkey === 'create' ? create(options) : get(options)))
      form.requestSubmit(event.submitter)
    } catch (error) {
      say(error.name)
    } finally {
      asking = false
      event.submitter?.removeAttribute('aria-busy')
    }
  })
  // Back from the next page: what was sent is good for once.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
}

async function create({ user, challenge, excludeCredentials = [], ...options }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(challenge),
      user: { ...user, id: bytesOf(user.id) },
      excludeCredentials: excludeCredentials.map(described),
    },
  })
  const { response } = credential
  return {
    ...commonOf(credential),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  }
}

async function get({ challenge, allowCredentials = [], ...options }) {
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytesOf(challenge), allowCredentials: allowCredentials.map(described) },
  })
  const { response } = credential
  return {
    ...commonOf(credential),
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      ...(response.userHandle ? { userHandle: textOf(response.userHandle) } : {}),
    },
  }
}

function commonOf(credential) {
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    ...(credential.authenticatorAttachment ? { authenticatorAttachment: credential.authenticatorAttachment } : {}),
  }
}

function described({ id, ...rest }) {
  return { ...rest, id: bytesOf(id) }
}

function bytesOf(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (character) => character.charCodeAt(0))
}

function textOf(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
