/** The provider of a measured login, in a process of its own: its CPU is nobody's in the table. */
import { citizen, startProvider } from '../test/support/provider.ts'
import { serveParent } from './measured.ts'

/** Where it says who somebody is: in the id token, or where it is asked once more. */
const userinfo = process.env.BENCH_USERINFO === 'asked' ? 'json' : 'none'
const provider = await startProvider({ id: 'bench-provider', acr: 'eidas1', userinfo })

/** 500 people who come back: each has a birth date of their own, so that no two look alike. */
let turn = 0
const next = () => {
  const person = turn++ % 500
  const birthdate = new Date(Date.UTC(1960, 0, 1 + person * 20)).toISOString().slice(0, 10)
  provider.next = {
    ...provider.next,
    subject: `person-${person}`,
    claims: { ...citizen, given_name: 'Ada', birthdate, email: `person-${person}@post.example` },
  }
  // The log of requests is for tests: here it would only grow.
  provider.requests.length = 0
}
next()

serveParent({
  ready: { entry: provider.provider({ allowedLevels: ['eidas1'] }) },
  answers: { next: async () => next() },
  stop: () => provider.close(),
})
