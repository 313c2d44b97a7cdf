/** R056: messages about sign-ins, turned off and on by the person, as strongly signed in as for a change of a contact. */
import { alertsPage, alertsPath } from './pages-alerts.ts'
import type { HolderPages } from './routes-holder.ts'
import { textIn } from './routes-sign-in.ts'

export function mountAlerts({ web, get, post, verifierOf, guardContacts, alerts, done }: HolderPages): void {
  get(
    alertsPath,
    guardContacts(async ({ who, request, reply }) => {
      const view = { verifier: verifierOf(who), areOn: await alerts.areOn(who.person) }
      return web.page(request, reply, alertsPage(view, web.contextOf(request)))
    }),
  )
  post(
    alertsPath,
    guardContacts(async (asked) => {
      const turn = textIn(asked.body, 'turn')
      if (turn !== 'on' && turn !== 'off') return asked.reply.redirect(alertsPath, 303)
      await alerts.turn(asked.who.person, { on: turn === 'on', level: asked.who.level })
      return done(asked, `alerts_${turn}`)
    }),
  )
}
