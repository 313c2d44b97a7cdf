/** The patient record: a professional sees today's patients; anybody else sees the record of one person, their own. */
import { html } from '../../src/http/html.ts'
import { daysBefore, drawFrom } from './draw.ts'
import { formatDate } from './formats.ts'
import type { ContentView, ServiceDefinition } from './services.ts'

const words = {
  today: { fr: 'Patients du jour', en: 'Today’s patients', ar: 'مرضى اليوم' },
  born: { fr: 'né(e) en', en: 'born in', ar: 'مولود سنة' },
  reason: { fr: 'Motif', en: 'Reason', ar: 'السبب' },
  allergies: { fr: 'Allergies', en: 'Allergies', ar: 'الحساسية' },
  treatment: { fr: 'Traitement en cours', en: 'Current treatment', ar: 'العلاج الحالي' },
  last: { fr: 'Dernière visite', en: 'Last visit', ar: 'آخر زيارة' },
  identifier: { fr: 'Identifiant national', en: 'National identifier', ar: 'المعرّف الوطني' },
  record: { fr: 'Votre dossier', en: 'Your record', ar: 'ملفك' },
}

const names = [
  'Malika B.',
  'Gérard T.',
  'Noor H.',
  'Élodie V.',
  'Tarek M.',
  'Simone D.',
  'Bilal R.',
  'Agnès P.',
  'Wassim K.',
  'Rose-May L.',
]
const reasons = [
  { fr: 'Contrôle de tension', en: 'Blood-pressure check', ar: 'مراقبة ضغط الدم' },
  { fr: 'Suivi de diabète', en: 'Diabetes follow-up', ar: 'متابعة السكري' },
  { fr: 'Douleur lombaire', en: 'Back pain', ar: 'ألم أسفل الظهر' },
  { fr: 'Vaccination', en: 'Vaccination', ar: 'تلقيح' },
  { fr: 'Retour d’examens', en: 'Test results', ar: 'نتائج الفحوص' },
]
const allergies = [
  { fr: 'Aucune connue', en: 'None known', ar: 'لا شيء معروف' },
  { fr: 'Pénicilline', en: 'Penicillin', ar: 'البنسلين' },
  { fr: 'Arachide', en: 'Peanut', ar: 'الفول السوداني' },
  { fr: 'Latex', en: 'Latex', ar: 'اللاتكس' },
]
const treatments = [
  { fr: 'Aucun', en: 'None', ar: 'لا شيء' },
  { fr: 'Antihypertenseur, 1 par jour', en: 'Antihypertensive, once a day', ar: 'خافض الضغط، مرة يوميًا' },
  { fr: 'Metformine, 2 par jour', en: 'Metformin, twice a day', ar: 'ميتفورمين، مرتان يوميًا' },
  { fr: 'Vitamine D, mensuelle', en: 'Vitamin D, monthly', ar: 'فيتامين د، شهريًا' },
]

export const patients: ServiceDefinition = {
  key: 'patients',
  id: 'patient-record',
  partner: {
    id: 'health-agency',
    name: { fr: 'Agence des soignants', en: 'Care Professionals Agency', ar: 'وكالة مهنيي الرعاية' },
  },
  brand: {
    name: { fr: 'Carnet Patient', en: 'Patient Notebook', ar: 'دفتر المريض' },
    tagline: {
      fr: 'Le dossier partagé des soignants',
      en: 'The shared record of carers',
      ar: 'الملف المشترك للمعالجين',
    },
    colour: '#6b2c91',
    paper: '#f9f5fc',
    font: 'sans',
    layout: 'split',
    mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="14" fill="#6b2c91"/><rect x="13" y="9" width="23" height="30" rx="3" fill="#fff"/><path d="M10 15h6M10 21h6M10 27h6M10 33h6" stroke="#e0bdf2" stroke-width="2.4" stroke-linecap="round"/><path d="M19 25h3l2.5-6 3 10 2-4H33" fill="none" stroke="#d6336c" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>',
  },
  purpose: {
    fr: 'Consulter les dossiers de vos patients',
    en: 'Read the records of your patients',
    ar: 'الاطلاع على ملفات مرضاك',
  },
  auth: 'private_key_jwt',
  scopes: ['openid', 'given_name', 'family_name', 'preferred_username'],
  level: 'eidas2',
  entitledTo: ['amr'],
  home: {
    title: {
      fr: 'Le bon dossier, devant le bon soignant',
      en: 'The right record, before the right carer',
      ar: 'الملف الصحيح أمام المعالج الصحيح',
    },
    lead: {
      fr: 'Réservé aux professionnels de santé inscrits au répertoire, et à chacun pour son propre dossier.',
      en: 'For health professionals of the directory, and for each person’s own record.',
      ar: 'مخصّص لمهنيي الصحة المسجَّلين، ولكل شخص في ما يخص ملفه.',
    },
    points: [
      {
        title: { fr: 'Identité forte', en: 'Strong identity', ar: 'هوية قوية' },
        text: {
          fr: 'Deux facteurs à chaque accès : le secret médical ne tient pas à un mot de passe.',
          en: 'Two factors at each access: medical secrecy does not hang on a password.',
          ar: 'عاملان عند كل دخول: السر الطبي لا يقوم على كلمة مرور.',
        },
      },
      {
        title: { fr: 'Accès tracé', en: 'Traced access', ar: 'ولوج موثَّق' },
        text: {
          fr: 'Chaque lecture est inscrite, et le patient peut la voir.',
          en: 'Each reading is written down, and the patient can see it.',
          ar: 'كل اطلاع مُسجَّل ويمكن للمريض رؤيته.',
        },
      },
      {
        title: { fr: 'En un coup d’œil', en: 'At a glance', ar: 'بنظرة واحدة' },
        text: {
          fr: 'Allergies, traitement, dernière visite : l’essentiel d’abord.',
          en: 'Allergies, treatment, last visit: what matters first.',
          ar: 'الحساسية والعلاج وآخر زيارة: الأهم أولًا.',
        },
      },
    ],
  },
  spaceTitle: { fr: 'Dossiers', en: 'Records', ar: 'الملفات' },
  content,
}

/** National identifiers start with the digit of their type: 8 for the professionals' directory. */
function nationalIdOf({ visitor }: ContentView): string | undefined {
  const name = visitor.claims.preferred_username
  return typeof name === 'string' && /^8\d{11}$/.test(name) ? name : undefined
}

function content(view: ContentView) {
  const { visitor, language } = view
  const nationalId = nationalIdOf(view)
  if (!nationalId) {
    return html`<section><h2>${words.record[language]}</h2><article class="file">${file(view, visitor.subject)}</article></section>`
  }
  const draw = drawFrom(visitor.subject, 'patients')
  const first = draw.between(0, names.length - 1)
  const list = Array.from({ length: 6 }, (_, index) => ({
    name: names[(first + index) % names.length] ?? '',
    year: draw.between(1938, 2019),
    time: `${9 + Math.floor(index / 2)}:${index % 2 ? '30' : '00'}`,
    reason: draw.one(reasons),
    key: `${visitor.subject}/${index}`,
  }))
  return html`
<p class="lead">${words.identifier[language]} <span dir="ltr">${nationalId}</span></p>
<section><h2>${words.today[language]}</h2>
${list.map(
  ({ name, year, time, reason, key }, index) => html`
<details class="file"${index === 0 ? ' open' : ''}><summary><span class="when" dir="ltr">${time}</span> <strong>${name}</strong> <span class="soft">${words.born[language]} ${year} – ${reason[language]}</span></summary>${file(view, key)}</details>`,
)}
</section>`
}

function file({ language, now }: ContentView, key: string) {
  const draw = drawFrom(key, 'file')
  const rows = [
    [words.allergies, draw.one(allergies)[language]],
    [words.treatment, draw.one(treatments)[language]],
    [words.last, formatDate(daysBefore(now, draw.between(20, 400)), language)],
  ] as const
  return html`<dl>${rows.map(([word, value]) => html`<dt>${word[language]}</dt><dd>${value}</dd>`)}</dl>`
}
