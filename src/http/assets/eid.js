// For the pages that wait for the e-ID app. [data-follow] names the events of a page; while it is looked at,
//   code    replaces the picture in [data-picture], and what counts down in [data-seconds]
//   state   something happened: the page reads itself anew
//   moved   the same page was opened elsewhere, which is told by [data-said="moved"]
//   over    as state
// What is there for who has no script ([data-plain]) goes, what is there for who has one ([data-script]) comes.

const page = document.querySelector('[data-follow]')
const said = (what) => {
  page.querySelector(`[data-said="${what}"]`).hidden = false
  plain(false)
}
const plain = (hidden) => {
  for (const one of document.querySelectorAll('[data-plain]')) one.hidden = hidden
  for (const one of document.querySelectorAll('[data-script]')) one.hidden = !hidden
}

let events
let last = page.dataset.follow
let end = 0

function follow() {
  plain(true)
  events = new EventSource(last)
  events.addEventListener('code', ({ data, lastEventId }) => {
    const { picture, seconds } = JSON.parse(data)
    document.querySelector('[data-picture]').innerHTML = picture
    const [version, until] = lastEventId.split('.')
    const url = new URL(last, location.href)
    url.searchParams.set('version', version)
    url.searchParams.set('until', until)
    last = url.pathname + url.search
    count(seconds)
  })
  for (const name of ['state', 'over'])
    events.addEventListener(name, () => stop() || location.replace(page.dataset.page))
  events.addEventListener('moved', () => stop() || said('moved'))
  events.addEventListener('error', () => events?.readyState === EventSource.CLOSED && (stop() || said('lost')))
}

function stop() {
  events?.close()
  events = undefined
}

function count(seconds) {
  end = performance.now() + seconds * 1000
}

const seconds = document.querySelector('[data-seconds]')
if (seconds) {
  count(Number(seconds.dataset.seconds))
  setInterval(() => {
    seconds.textContent = String(Math.max(0, Math.ceil((end - performance.now()) / 1000)))
  }, 1000)
}

// A page that nobody looks at costs nobody anything. Somebody who comes back to it reads it as it is by then.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) stop()
  else if (!events && page.querySelector('[data-said="moved"]').hidden) follow()
})
addEventListener('pagehide', stop)
// What is sent from here changes the request too: the page that answers it must not be overtaken. A link that opens an
// app leaves the page where it is.
addEventListener('beforeunload', () => {
  stop()
  setTimeout(() => events || document.hidden || follow(), 10_000)
})
addEventListener('pageshow', ({ persisted }) => persisted && location.replace(page.dataset.page))
if (!document.hidden) follow()
