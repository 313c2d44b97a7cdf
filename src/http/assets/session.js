// For pages that stay open while a session runs out: [data-session-ends] holds the seconds that were left when the page
// came. Two minutes before the end, or halfway in a shorter session, it says how long there is and offers a button that
// keeps the session without leaving the page: what was typed stays. A page that is opened in another tab keeps it as well,
// and tells this one. Without this script the page only says until when the session lasts.

const box = document.querySelector('[data-session-ends]')
if (box) watch(box)

function watch(box) {
  const said = box.querySelector('[data-said]')
  const keep = box.querySelector('button')
  const tabs = new BroadcastChannel('session')
  let ends = 0
  let lead = 0
  let timer

  // The clock of the wall goes on while a phone sleeps.
  function last(seconds) {
    ends = Date.now() + seconds * 1000
    lead = Math.min(120, seconds / 2) * 1000
    delete box.dataset.shown
    keep.hidden = true
    said.textContent = ''
    look()
  }

  function look() {
    clearTimeout(timer)
    const left = ends - Date.now()
    if (left > lead) {
      timer = setTimeout(look, left - lead)
      return
    }
    box.dataset.shown = 'yes'
    const { soon, over } = said.dataset
    const minutes = Math.ceil(left / 60000)
    // Once a minute: a reader of the screen says each change.
    const text = left <= 0 ? over : soon.replace('{minutes}', String(minutes))
    if (said.textContent !== text) said.textContent = text
    keep.hidden = left <= 0
    if (left > 0) timer = setTimeout(look, left - (minutes - 1) * 60000 + 50)
  }

  keep.addEventListener('click', async () => {
    keep.disabled = true
    const { verifier, href } = keep.dataset
    const answer = await fetch(href, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ verifier }),
    }).catch(() => undefined)
    keep.disabled = false
    if (!answer?.ok) {
      if (answer) last(0)
      return
    }
    const { seconds } = await answer.json()
    last(seconds)
    tabs.postMessage(seconds)
  })

  tabs.addEventListener('message', ({ data }) => last(data))
  document.addEventListener('visibilitychange', look)
  last(Number(box.dataset.sessionEnds))
  tabs.postMessage(Number(box.dataset.sessionEnds))
}
