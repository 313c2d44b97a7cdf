// What an installation of the app keeps: its own name, and for each person who paired it a device key that this browser
// holds and shows to nobody, not even to the scripts of this page. All of it is gone with the profile of the browser.

const database = 'e-id'
const shelves = ['keys', 'settings']

let opened

function open() {
  opened ??= new Promise((done, fail) => {
    const asked = indexedDB.open(database, 1)
    asked.onupgradeneeded = () => {
      for (const name of shelves) asked.result.createObjectStore(name)
    }
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => fail(asked.error)
  })
  return opened
}

async function ask(shelf, mode, question) {
  const transaction = (await open()).transaction(shelf, mode)
  const request = question(transaction.objectStore(shelf))
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done(request.result)
    transaction.onerror = () => fail(transaction.error)
    transaction.onabort = () => fail(transaction.error)
  })
}

/** The pairings of this installation, each with its key pair. */
export const pairings = {
  all: () => ask('keys', 'readonly', (shelf) => shelf.getAll()),
  keep: (pairing) => ask('keys', 'readwrite', (shelf) => shelf.put(pairing, pairing.phone)),
  forget: (phone) => ask('keys', 'readwrite', (shelf) => shelf.delete(phone)),
}

/** A random name of this installation, made once. */
export async function installation() {
  const known = await ask('settings', 'readonly', (shelf) => shelf.get('installation'))
  if (known) return known
  const made = base64url(crypto.getRandomValues(new Uint8Array(32)))
  await ask('settings', 'readwrite', (shelf) => shelf.put(made, 'installation'))
  return made
}

/** ES256, not extractable. */
export function newDeviceKey() {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
}

export function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
