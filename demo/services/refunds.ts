/** Health refunds: what was paid, what came back, what is on its way. */
import { html } from '../../src/http/html.ts'
import { daysBefore, drawFrom } from './draw.ts'
import { formatAmount, formatDate } from './formats.ts'
import type { ContentView, ServiceDefinition } from './services.ts'

const words = {
  total: { fr: 'Remboursé sur six mois', en: 'Refunded in six months', ar: 'المُسترَدّ خلال ستة أشهر' },
  pending: { fr: 'En cours', en: 'On its way', ar: 'قيد المعالجة' },
  doctor: { fr: 'Médecin traitant', en: 'Family doctor', ar: 'الطبيب المعالج' },
  list: { fr: 'Derniers soins', en: 'Latest care', ar: 'آخر العلاجات' },
  date: { fr: 'Date des soins', en: 'Date of care', ar: 'تاريخ العلاج' },
  care: { fr: 'Soin', en: 'Care', ar: 'العلاج' },
  paid: { fr: 'Payé', en: 'Paid', ar: 'المدفوع' },
  refunded: { fr: 'Remboursé', en: 'Refunded', ar: 'المُسترَدّ' },
  waiting: { fr: 'en cours', en: 'on its way', ar: 'قيد المعالجة' },
}

/** Care, what it costs in cents, and the share of it that comes back. */
const cares = [
  { name: { fr: 'Consultation', en: 'Consultation', ar: 'استشارة طبية' }, cost: 3000, share: 0.7 },
  { name: { fr: 'Pharmacie', en: 'Pharmacy', ar: 'صيدلية' }, cost: 1845, share: 0.65 },
  { name: { fr: 'Analyses de laboratoire', en: 'Laboratory tests', ar: 'تحاليل مخبرية' }, cost: 4260, share: 0.6 },
  { name: { fr: 'Radiologie', en: 'Radiology', ar: 'أشعة' }, cost: 6175, share: 0.7 },
  { name: { fr: 'Soins dentaires', en: 'Dental care', ar: 'علاج الأسنان' }, cost: 2892, share: 0.6 },
  { name: { fr: 'Kinésithérapie', en: 'Physiotherapy', ar: 'ترويض طبي' }, cost: 1649, share: 0.6 },
  { name: { fr: 'Lunettes', en: 'Glasses', ar: 'نظارات' }, cost: 12900, share: 0.6 },
]

const doctors = ['Dr Yasmine Amrani', 'Dr Paul Delmas', 'Dr Inès Ferrand', 'Dr Rachid Zerhouni', 'Dr Hélène Okafor']

export const refunds: ServiceDefinition = {
  key: 'refunds',
  id: 'health-refunds',
  partner: {
    id: 'health-fund',
    name: { fr: 'Caisse d’assurance santé', en: 'Health insurance fund', ar: 'صندوق التأمين الصحي' },
  },
  brand: {
    name: { fr: 'Soins & Retours', en: 'Care & Refunds', ar: 'علاج وتعويض' },
    tagline: { fr: 'Vos remboursements de santé', en: 'Your health refunds', ar: 'تعويضاتك الصحية' },
    colour: '#0d7267',
    paper: '#f1f8f6',
    font: 'round',
    layout: 'card',
    mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><circle cx="24" cy="24" r="24" fill="#0d7267"/><path d="M24 12a12 12 0 1 1-11.3 8" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/><path d="M8 21l5-3 3 5" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/><path d="M24 18v12M18 24h12" stroke="#ffd27d" stroke-width="4" stroke-linecap="round"/></svg>',
  },
  purpose: {
    fr: 'Suivre vos remboursements de santé',
    en: 'Follow your health refunds',
    ar: 'تتبّع تعويضاتك الصحية',
  },
  auth: 'client_secret_post',
  scopes: ['openid', 'identite_pivot', 'preferred_username', 'email'],
  level: 'eidas1',
  entitledTo: [],
  hearsSignals: true,
  home: {
    title: {
      fr: 'Où en sont vos remboursements ?',
      en: 'Where are your refunds?',
      ar: 'أين وصلت تعويضاتك؟',
    },
    lead: {
      fr: 'Chaque soin, chaque euro, du cabinet jusqu’à votre compte.',
      en: 'Every treatment, every euro, from the surgery to your account.',
      ar: 'كل علاج وكل مبلغ، من العيادة إلى حسابك.',
    },
    points: [
      {
        title: { fr: 'Tout voir', en: 'See it all', ar: 'كل شيء أمامك' },
        text: {
          fr: 'Six mois de soins sur une page, sans papier à garder.',
          en: 'Six months of care on one page, no paper to keep.',
          ar: 'ستة أشهر من العلاج في صفحة واحدة دون أوراق.',
        },
      },
      {
        title: { fr: 'Comprendre', en: 'Understand', ar: 'فهم' },
        text: {
          fr: 'Ce que vous avez payé, ce qui vous revient, et pourquoi.',
          en: 'What you paid, what comes back to you, and why.',
          ar: 'ما دفعته وما يعود إليك ولماذا.',
        },
      },
      {
        title: { fr: 'Être payé', en: 'Get paid', ar: 'استلام' },
        text: {
          fr: 'Cinq jours après la feuille de soins, le virement part.',
          en: 'Five days after the claim, the transfer leaves.',
          ar: 'بعد خمسة أيام من الملف يُرسَل التحويل.',
        },
      },
    ],
  },
  spaceTitle: { fr: 'Mes remboursements', en: 'My refunds', ar: 'تعويضاتي' },
  content,
}

function content({ visitor, language, now }: ContentView) {
  const draw = drawFrom(visitor.subject, 'refunds')
  const doctor = draw.one(doctors)
  let days = draw.between(1, 6)
  const lines = Array.from({ length: 9 }, (_, index) => {
    const { name, cost, share } = draw.one(cares)
    const line = { at: daysBefore(now, days), name, cost, refunded: Math.round(cost * share), waiting: index < 2 }
    days += draw.between(9, 24)
    return line
  })
  const sum = (waiting: boolean) =>
    lines.filter((line) => line.waiting === waiting).reduce((total, line) => total + line.refunded, 0)
  return html`
<section class="tiles">
<article class="accent"><h2>${words.total[language]}</h2><p class="big">${formatAmount(sum(false), language)}</p></article>
<article><h2>${words.pending[language]}</h2><p class="big">${formatAmount(sum(true), language)}</p></article>
<article><h2>${words.doctor[language]}</h2><p class="big">${doctor}</p></article>
</section>
<section><h2>${words.list[language]}</h2>
<div class="table" tabindex="0" role="region" aria-label="${words.list[language]}"><table>
<thead><tr><th scope="col">${words.date[language]}</th><th scope="col">${words.care[language]}</th><th scope="col" class="n">${words.paid[language]}</th><th scope="col" class="n">${words.refunded[language]}</th></tr></thead>
<tbody>${lines.map(
    ({ at, name, cost, refunded, waiting }) =>
      html`<tr><td data-label="${words.date[language]}">${formatDate(at, language)}</td><td data-label="${words.care[language]}">${name[language]}</td><td class="n" data-label="${words.paid[language]}">${formatAmount(cost, language)}</td><td class="n" data-label="${words.refunded[language]}">${waiting ? html`<span class="chip warn">${words.waiting[language]}</span>` : formatAmount(refunded, language)}</td></tr>`,
  )}</tbody></table></div></section>`
}
