/** Employers' declarations: a company, its monthly declarations, the next due date. */
import { html } from '../../src/http/html.ts'
import { declaring } from './declare.ts'
import { daysBefore, drawFrom, monthsBefore } from './draw.ts'
import { formatAmount, formatDate, formatMonth } from './formats.ts'
import type { ContentView, ServiceDefinition } from './services.ts'

const words = {
  company: { fr: 'Votre établissement', en: 'Your establishment', ar: 'مؤسستك' },
  number: { fr: 'N° employeur', en: 'Employer no.', ar: 'رقم المشغّل' },
  staff: { fr: 'Salariés déclarés', en: 'Employees declared', ar: 'الأجراء المصرَّح بهم' },
  due: { fr: 'Prochaine échéance', en: 'Next due date', ar: 'الأجل المقبل' },
  history: { fr: 'Déclarations mensuelles', en: 'Monthly declarations', ar: 'التصريحات الشهرية' },
  month: { fr: 'Période', en: 'Period', ar: 'الفترة' },
  base: { fr: 'Salaires bruts', en: 'Gross wages', ar: 'الأجور الإجمالية' },
  due_amount: { fr: 'Cotisations', en: 'Contributions', ar: 'المساهمات' },
  state: { fr: 'État', en: 'State', ar: 'الحالة' },
  todo: { fr: 'À déposer', en: 'To file', ar: 'ينتظر الإيداع' },
  filed: { fr: 'Déposée', en: 'Filed', ar: 'مودَع' },
  paid: { fr: 'Réglée', en: 'Paid', ar: 'مسدَّد' },
}

const companies = [
  'Boulangerie du Vieux Port',
  'Menuiserie Chêne & Fils',
  'Atelier Safran',
  'Transports Bellevue',
  'Librairie des Deux Rives',
  'Plomberie Aït Ouali',
  'Studio Marguerite',
  'Jardins de l’Aubette',
]

export const employers: ServiceDefinition = {
  key: 'employers',
  id: 'employer-declarations',
  partner: { id: 'social-funds', name: { fr: 'Caisses sociales', en: 'Social funds', ar: 'الصناديق الاجتماعية' } },
  brand: {
    name: { fr: 'Déclar’Employeur', en: 'Employer Filing', ar: 'تصريح المشغّل' },
    tagline: { fr: 'Vos déclarations sociales', en: 'Your social declarations', ar: 'تصريحاتك الاجتماعية' },
    colour: '#1f4fb2',
    paper: '#f5f7fc',
    font: 'sans',
    layout: 'band',
    mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="10" fill="#1f4fb2"/><path d="M12 36V20l8 5v-5l8 5v-5l8 5v11z" fill="#fff"/><path d="M31 20l1-9h4l1 10z" fill="#ffc857"/><path d="M17 30h4v6h-4zM27 30h4v6h-4z" fill="#1f4fb2"/></svg>',
  },
  purpose: {
    fr: 'Déclarer vos salariés et régler vos cotisations',
    en: 'Declare your employees and pay your contributions',
    ar: 'التصريح بأجرائك وتسديد مساهماتك',
  },
  auth: 'client_secret_basic',
  scopes: ['openid', 'given_name', 'family_name', 'email', 'representation'],
  level: 'eidas1',
  forOrganisations: true,
  representation: { actions: ['read', 'prepare', 'submit'] },
  work: declaring,
  hearsSignals: true,
  // This machine counts as home.
  geography: {
    allowed: ['MA', 'FR'],
    elsewhere: 'step_up',
    exempt: ['trusted_device', 'declared_trip'],
    reason: {
      fr: 'Les déclarations de l’étranger sont rares, et souvent faites avec des cartes volées : nous demandons une preuve de plus.',
      en: 'Declarations from abroad are rare, and often made with stolen cards: we ask for one more proof.',
      ar: 'التصريحات من الخارج نادرة، وكثيرًا ما تُقدَّم ببطاقات مسروقة: لذلك نطلب إثباتًا إضافيًا.',
    },
  },
  entitledTo: ['amr'],
  home: {
    title: {
      fr: 'Déclarez vos salariés en dix minutes',
      en: 'Declare your employees in ten minutes',
      ar: 'صرّح بأجرائك في عشر دقائق',
    },
    lead: {
      fr: 'Une déclaration par mois, préremplie, vérifiée, réglée au même endroit.',
      en: 'One declaration a month, filled in beforehand, checked and paid in one place.',
      ar: 'تصريح شهري واحد مملوء سلفًا، يُراجَع ويُسدَّد في مكان واحد.',
    },
    points: [
      {
        title: { fr: 'Préremplie', en: 'Filled in beforehand', ar: 'مملوء سلفًا' },
        text: {
          fr: 'Reprenez le mois précédent et ne corrigez que ce qui change.',
          en: 'Start from last month and correct only what changes.',
          ar: 'انطلق من الشهر السابق ولا تصحّح إلا ما تغيّر.',
        },
      },
      {
        title: { fr: 'Contrôlée', en: 'Checked', ar: 'مُراقَب' },
        text: {
          fr: 'Les anomalies sont signalées avant l’envoi, pas trois mois après.',
          en: 'Faults are shown before sending, not three months later.',
          ar: 'تُعرض الأخطاء قبل الإرسال لا بعد ثلاثة أشهر.',
        },
      },
      {
        title: { fr: 'Réglée', en: 'Paid', ar: 'مسدَّد' },
        text: {
          fr: 'Le prélèvement part à l’échéance, avec un reçu.',
          en: 'The debit leaves on the due date, with a receipt.',
          ar: 'يُقتطع المبلغ عند الأجل مع وصل.',
        },
      },
    ],
  },
  spaceTitle: { fr: 'Tableau de bord', en: 'Dashboard', ar: 'لوحة القيادة' },
  content,
}

function content({ visitor, language, now }: ContentView) {
  const draw = drawFrom(visitor.subject, 'company')
  const company = draw.one(companies)
  const number = draw.digits(7)
  const staff = draw.between(3, 41)
  const wage = draw.between(190_000, 310_000)
  const months = Array.from({ length: 6 }, (_, index) => {
    const base = staff * wage + drawFrom(visitor.subject, `month ${index}`).between(-90_000, 90_000)
    return { at: monthsBefore(now, index + 1), base, contributions: Math.round(base * 0.224) }
  })
  const stateOf = (index: number) => [words.todo, words.filed][index] ?? words.paid
  return html`
<section class="tiles">
<article><h2>${words.company[language]}</h2><p class="big">${company}</p><p>${words.number[language]} <span dir="ltr">${number}</span></p></article>
<article><h2>${words.staff[language]}</h2><p class="big">${staff}</p></article>
<article class="accent"><h2>${words.due[language]}</h2><p class="big">${formatDate(daysBefore(now, -9), language)}</p></article>
</section>
<section><h2>${words.history[language]}</h2>
<div class="table" tabindex="0" role="region" aria-label="${words.history[language]}"><table>
<thead><tr><th scope="col">${words.month[language]}</th><th scope="col" class="n">${words.base[language]}</th><th scope="col" class="n">${words.due_amount[language]}</th><th scope="col">${words.state[language]}</th></tr></thead>
<tbody>${months.map(
    ({ at, base, contributions }, index) =>
      html`<tr><td data-label="${words.month[language]}">${formatMonth(at, language)}</td><td class="n" data-label="${words.base[language]}">${formatAmount(base, language)}</td><td class="n" data-label="${words.due_amount[language]}">${formatAmount(contributions, language)}</td><td data-label="${words.state[language]}"><span class="${index === 0 ? 'chip warn' : 'chip'}">${stateOf(index)[language]}</span></td></tr>`,
  )}</tbody></table></div></section>`
}
