// The other half of the stand-in, for a visitor's own browser: brings a page's question to the card reader of the demo
// town, opens the window in which the visitor chooses a card and types its PIN, and brings the answer back. The reader
// stands eighty ports above the hub, like the phone.

const phoneAbove = 80

chrome.runtime.onMessage.addListener((asked, sender, answer) => {
  ask(asked, new URL(sender.url)).then(answer, () => answer(failure(asked, 'ERR_WEBEID_NATIVE_UNAVAILABLE')))
  return true
})

async function ask(asked, page) {
  const reader = `${page.protocol}//${page.hostname}:${Number(page.port) + phoneAbove}/reader`
  const body = JSON.stringify({ ...asked, origin: page.origin })
  const begun = await fetch(reader, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const { answer, visit } = await begun.json()
  if (answer) return answer
  const opened = await chrome.windows.create({ url: `${reader}/${visit}`, type: 'popup', width: 460, height: 720 })
  for (;;) {
    const told = await fetch(`${reader}/${visit}/answer`)
    if (told.status === 200) {
      await chrome.windows.remove(opened.id).catch(() => {})
      return told.json()
    }
    await new Promise((done) => setTimeout(done, 500))
    // Asking for the window also keeps this worker awake while a person reads.
    const isOpen = await chrome.windows.get(opened.id).catch(() => undefined)
    if (!isOpen) return failure(asked, 'ERR_WEBEID_USER_CANCELLED')
  }
}

function failure({ action }, code) {
  return { action: `${action}-failure`, error: { code, message: code } }
}
