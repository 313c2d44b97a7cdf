// The content script of the stand-in for Web eID: answers what a page asks by window messages, in the way that the
// extension's page library documents (github.com/web-eid/web-eid.js). An acknowledgement at once, then `-success` or
// `-failure`. What signs is behind the messages of the extension: `background.js`, or a test.

const asked = new Set(['web-eid:status', 'web-eid:authenticate', 'web-eid:get-signing-certificate', 'web-eid:sign'])

addEventListener('message', async ({ source, origin, data }) => {
  if (source !== window || !asked.has(data?.action)) return
  const { action } = data
  window.postMessage({ action: `${action}-ack` }, origin)
  const answer = await chrome.runtime.sendMessage(data).catch(() => ({
    action: `${action}-failure`,
    error: { code: 'ERR_WEBEID_NATIVE_UNAVAILABLE', message: 'the reader does not answer' },
  }))
  window.postMessage(answer, origin)
})
