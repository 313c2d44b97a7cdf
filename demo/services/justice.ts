/** Justice: the person's cases; one document of each asks for a higher level than the sign-in needs. */
import { html } from '../../src/http/html.ts'
import { atLeast } from '../../src/kernel/assurance.ts'
import { daysBefore, drawFrom } from './draw.ts'
import { formatDate } from './formats.ts'
import type { ContentView, ServiceDefinition } from './services.ts'

const words = {
  court: { fr: 'Tribunal', en: 'Court', ar: 'المحكمة' },
  hearing: { fr: 'Prochaine audience', en: 'Next hearing', ar: 'الجلسة المقبلة' },
  state: { fr: 'État', en: 'State', ar: 'الحالة' },
  sealed: { fr: 'Pièce confidentielle', en: 'Confidential document', ar: 'وثيقة سرية' },
  sealedText: {
    fr: 'Les parties sont convenues d’une audience de conciliation. Le greffe vous écrira la date.',
    en: 'The parties agreed on a conciliation hearing. The registry will write you the date.',
    ar: 'اتفق الطرفان على جلسة صلح. ستراسلك كتابة الضبط بالموعد.',
  },
  sealedAsk: {
    fr: 'Cette pièce demande une identité vérifiée (niveau substantiel).',
    en: 'This document asks for a verified identity (level substantial).',
    ar: 'تتطلب هذه الوثيقة هوية متحقَّقًا منها (مستوى معزَّز).',
  },
  raise: { fr: 'Confirmer mon identité', en: 'Confirm my identity', ar: 'تأكيد هويتي' },
}

const subjects = [
  { fr: 'Litige de voisinage', en: 'Neighbourhood dispute', ar: 'نزاع بين جيران' },
  { fr: 'Révision de pension', en: 'Review of maintenance', ar: 'مراجعة نفقة' },
  { fr: 'Dépôt de garantie non rendu', en: 'Deposit not returned', ar: 'وديعة لم تُردّ' },
  { fr: 'Contestation d’amende', en: 'Contested fine', ar: 'طعن في غرامة' },
  { fr: 'Succession', en: 'Inheritance', ar: 'تركة' },
]
const courts = [
  { fr: 'Tribunal de Valmont', en: 'Court of Valmont', ar: 'محكمة فالمون' },
  { fr: 'Tribunal de Port-Clair', en: 'Court of Port-Clair', ar: 'محكمة بور كلير' },
  { fr: 'Tribunal des Hauts-Prés', en: 'Court of Hauts-Prés', ar: 'محكمة أو بري' },
]
const states = [
  { fr: 'En instruction', en: 'Under examination', ar: 'قيد التحقيق' },
  { fr: 'Audience fixée', en: 'Hearing set', ar: 'حُدّدت الجلسة' },
  { fr: 'Mise en délibéré', en: 'Under deliberation', ar: 'في المداولة' },
]

export const justice: ServiceDefinition = {
  key: 'justice',
  id: 'online-justice',
  partner: { id: 'courts', name: { fr: 'Greffe des tribunaux', en: 'Court registry', ar: 'كتابة ضبط المحاكم' } },
  brand: {
    name: { fr: 'Prétoire', en: 'Courtroom', ar: 'قاعة العدل' },
    tagline: { fr: 'La justice, chez vous', en: 'Justice, at home', ar: 'العدالة في بيتك' },
    colour: '#2d3a4f',
    paper: '#f7f5f0',
    font: 'serif',
    layout: 'column',
    mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="4" fill="#2d3a4f"/><path d="M24 10v27M16 38h16M11 16h26" stroke="#e2c58b" stroke-width="2.6" stroke-linecap="round"/><path d="M6 28l6-11 6 11a6 4 0 0 1-12 0zM30 28l6-11 6 11a6 4 0 0 1-12 0z" fill="#fff"/></svg>',
  },
  purpose: {
    fr: 'Suivre vos affaires et recevoir vos pièces',
    en: 'Follow your cases and receive your documents',
    ar: 'تتبّع قضاياك وتسلّم وثائقك',
  },
  auth: 'client_secret_basic',
  scopes: ['openid', 'identite_pivot', 'email'],
  level: 'eidas1',
  entitledTo: [],
  userinfoAlg: 'ES256',
  home: {
    title: { fr: 'Votre affaire avance. Voyez où.', en: 'Your case moves on. See where.', ar: 'قضيتك تتقدم. تابعها.' },
    lead: {
      fr: 'L’état de chaque procédure, les dates d’audience et les pièces, sans vous déplacer.',
      en: 'The state of each procedure, hearing dates and documents, without travelling.',
      ar: 'حالة كل مسطرة ومواعيد الجلسات والوثائق دون تنقّل.',
    },
    points: [
      {
        title: { fr: 'Suivre', en: 'Follow', ar: 'تتبّع' },
        text: {
          fr: 'Chaque étape est datée et expliquée en mots simples.',
          en: 'Each step is dated and explained in plain words.',
          ar: 'كل مرحلة مؤرَّخة ومشروحة بكلمات بسيطة.',
        },
      },
      {
        title: { fr: 'Recevoir', en: 'Receive', ar: 'تسلّم' },
        text: {
          fr: 'Convocations et décisions arrivent ici, avec leur preuve.',
          en: 'Summons and decisions arrive here, with their proof.',
          ar: 'تصل الاستدعاءات والقرارات هنا مع إثباتها.',
        },
      },
      {
        title: { fr: 'Protéger', en: 'Protect', ar: 'حماية' },
        text: {
          fr: 'Les pièces sensibles demandent une identité vérifiée.',
          en: 'Sensitive documents ask for a verified identity.',
          ar: 'الوثائق الحساسة تتطلب هوية متحقَّقًا منها.',
        },
      },
    ],
  },
  spaceTitle: { fr: 'Mes affaires', en: 'My cases', ar: 'قضاياي' },
  content,
}

function content({ visitor, language, now }: ContentView) {
  const draw = drawFrom(visitor.subject, 'cases')
  const cases = Array.from({ length: 2 }, () => ({
    number: `${draw.between(23, 26)}/0${draw.digits(4)}`,
    subject: draw.one(subjects),
    court: draw.one(courts),
    state: draw.one(states),
    hearing: daysBefore(now, -draw.between(12, 90)),
  }))
  const sealed = atLeast(visitor.level, 'eidas2')
    ? html`<blockquote>${words.sealedText[language]}</blockquote>`
    : html`<p>${words.sealedAsk[language]}</p><p><a class="button" href="/login?essential_acr=eidas2">${words.raise[language]}</a></p>`
  return html`<section>
${cases.map(
  ({ number, subject, court, state, hearing }) => html`
<article class="file"><h2><span dir="ltr">${number}</span> – ${subject[language]}</h2>
<dl><dt>${words.court[language]}</dt><dd>${court[language]}</dd><dt>${words.state[language]}</dt><dd><span class="chip">${state[language]}</span></dd>
<dt>${words.hearing[language]}</dt><dd>${formatDate(hearing, language)}</dd></dl></article>`,
)}
<article class="file sealed"><h2>${words.sealed[language]}</h2>${sealed}</article>
</section>`
}
