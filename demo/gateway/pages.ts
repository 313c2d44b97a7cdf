/** The pages of the gateway that providers do not have: its home, and the way in with less than two factors. */
import { type Html, html } from '../../src/http/html.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import type { Language, Translated } from '../../src/kernel/languages.ts'
import { gateway } from '../hospital.ts'
import type { Account } from '../people.ts'
import { nameOf, testAccounts } from '../providers/pages.ts'
import { formatDateTime } from '../services/formats.ts'

export const words = {
  connect: { fr: 'Se connecter au réseau', en: 'Connect to the network', ar: 'الاتصال بالشبكة' },
  lead: {
    fr: 'Le personnel s’y connecte une fois, avec deux preuves. Ensuite le réseau répond de lui auprès de Garant, sans rien redemander pendant une demi-journée.',
    en: 'Staff connect once, with two proofs. The network then vouches for them to Garant and asks nothing again for half a day.',
    ar: 'يتصل الموظف مرة واحدة ببرهانين، ثم تشهد له الشبكة لدى «غارانت» دون أن تسأله ثانيةً لمدة نصف يوم.',
  },
  connected: { fr: 'Connecté au réseau', en: 'Connected to the network', ar: 'متصل بالشبكة' },
  since: { fr: 'Depuis', en: 'Since', ar: 'منذ' },
  proofs: { fr: 'Preuves', en: 'Proofs', ar: 'البراهين' },
  both: { fr: 'Mot de passe et code du boîtier', en: 'Password and code of the device', ar: 'كلمة المرور ورمز الجهاز' },
  portal: { fr: 'Ouvrir les ordonnances', en: 'Open the prescriptions', ar: 'فتح الوصفات الطبية' },
  leave: { fr: 'Quitter le réseau', en: 'Leave the network', ar: 'قطع الاتصال بالشبكة' },
  without: {
    fr: 'Sans boîtier aujourd’hui : mot de passe seul',
    en: 'No device today: password alone',
    ar: 'من دون جهاز اليوم: كلمة المرور وحدها',
  },
  without_text: {
    fr: 'Pour essayer : Garant n’accepte pas qu’une seule preuve.',
    en: 'Try it: Garant does not take a single proof.',
    ar: 'للتجربة: لا يقبل «غارانت» برهانًا واحدًا.',
  },
  stranger: {
    fr: 'Cette demande ne vient pas de Garant : son adresse de retour n’est pas enregistrée ici.',
    en: 'This request does not come from Garant: its return address is not registered here.',
    ar: 'هذا الطلب ليس من «غارانت»: عنوان العودة غير مسجَّل هنا.',
  },
} as const satisfies Record<string, Translated>

interface HomeView {
  language: Language
  connected: { account: Account; since: Instant } | undefined
  /** Where staff go next. */
  portal: string
}

export function homePage({ language, connected, portal }: HomeView): Html {
  if (!connected) {
    return html`<h1>${gateway.brand.name[language]}</h1><p>${words.lead[language]}</p>
<form method="post" action="/connect"><button type="submit">${words.connect[language]}</button></form>
${testAccounts({ definition: gateway, language })}`
  }
  const rows = [
    [words.since, formatDateTime(connected.since, language)],
    [words.proofs, words.both[language]],
  ] as const
  return html`<h1>${words.connected[language]}</h1><p><strong>${nameOf(connected.account)}</strong></p>
<dl>${rows.map(([word, value]) => html`<dt>${word[language]}</dt><dd>${value}</dd>`)}</dl>
<p>${words.lead[language]}</p>
<p><a class="button" href="${portal}">${words.portal[language]}</a></p>
<form method="post" action="/leave"><button class="quiet" type="submit">${words.leave[language]}</button></form>`
}

/** Below the second step. */
export function withoutDevice(action: string, language: Language): Html {
  return html`<form method="post" action="${action}/without"><button class="quiet" type="submit">${words.without[language]}</button>
<p><small>${words.without_text[language]}</small></p></form>`
}
