/** The hospital's prescriptions, the sensitive service of the town: recognised means only, and both factors again. */
import { html } from '../../src/http/html.ts'
import { hospital } from '../hospital.ts'
import { daysBefore, drawFrom } from './draw.ts'
import { formatDate } from './formats.ts'
import type { ContentView, ServiceDefinition } from './services.ts'

const words = {
  list: { fr: 'À signer', en: 'To be signed', ar: 'بانتظار التوقيع' },
  prescriber: { fr: 'Prescripteur', en: 'Prescriber', ar: 'الواصف' },
  patient: { fr: 'Patient', en: 'Patient', ar: 'المريض' },
  medicine: { fr: 'Médicament', en: 'Medicine', ar: 'الدواء' },
  date: { fr: 'Préparée le', en: 'Prepared on', ar: 'تاريخ الإعداد' },
  staff: {
    fr: 'Cet espace est celui des prescripteurs de l’hôpital : aucune ordonnance n’y est à votre nom.',
    en: 'This is the place of the hospital’s prescribers: no prescription here is in your name.',
    ar: 'هذا الفضاء لأطباء المستشفى: لا وصفة فيه باسمك.',
  },
}

const patients = ['Malika B.', 'Gérard T.', 'Noor H.', 'Élodie V.', 'Tarek M.', 'Simone D.', 'Bilal R.']
const medicines = [
  { fr: 'Amoxicilline 1 g, 7 jours', en: 'Amoxicillin 1 g, 7 days', ar: 'أموكسيسيلين 1 غ، 7 أيام' },
  { fr: 'Paracétamol 1 g, au besoin', en: 'Paracetamol 1 g, as needed', ar: 'باراسيتامول 1 غ، عند الحاجة' },
  { fr: 'Morphine 10 mg, 3 jours', en: 'Morphine 10 mg, 3 days', ar: 'مورفين 10 مغ، 3 أيام' },
  { fr: 'Insuline lente, le soir', en: 'Long-acting insulin, evenings', ar: 'إنسولين مديد، مساءً' },
  { fr: 'Héparine, une injection par jour', en: 'Heparin, one injection a day', ar: 'هيبارين، حقنة يوميًا' },
]

export const prescriptions: ServiceDefinition = {
  key: 'prescriptions',
  id: 'hospital-prescriptions',
  partner: hospital,
  brand: {
    name: { fr: 'Ordonnances', en: 'Prescriptions', ar: 'الوصفات الطبية' },
    tagline: {
      fr: 'Les prescriptions de l’hôpital des Trois-Fontaines',
      en: 'The prescriptions of Three Fountains Hospital',
      ar: 'وصفات مستشفى الينابيع الثلاثة',
    },
    colour: '#8a1f4b',
    paper: '#fdf4f7',
    font: 'sans',
    layout: 'band',
    mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="14" fill="#8a1f4b"/><rect x="11" y="8" width="26" height="32" rx="3" fill="#fff"/><path d="M17 16h6M20 13v6" stroke="#8a1f4b" stroke-width="2.6" stroke-linecap="round"/><path d="M17 25h14M17 30h9" stroke="#d9a5bb" stroke-width="2.4" stroke-linecap="round"/><path d="M26 36c2-3 4-3 5 0s3 1 4-1" fill="none" stroke="#2f5233" stroke-width="2.2" stroke-linecap="round"/></svg>',
  },
  purpose: {
    fr: 'Signer les ordonnances de vos patients',
    en: 'Sign the prescriptions of your patients',
    ar: 'توقيع وصفات مرضاك',
  },
  auth: 'client_secret_post',
  scopes: ['openid', 'given_name', 'family_name', 'preferred_username'],
  level: 'eidas2',
  sensitive: true,
  entitledTo: ['amr'],
  home: {
    title: { fr: 'Une ordonnance engage', en: 'A prescription is a commitment', ar: 'الوصفة التزام' },
    lead: {
      fr: 'Service sensible : n’y entrent que les moyens d’identification reconnus, et l’hôpital a homologué son réseau.',
      en: 'A sensitive service: recognised means only, and the hospital has homologated its network.',
      ar: 'خدمة حساسة: لا تُقبل فيها إلا الوسائل المعترف بها، وقد اعتمد المستشفى شبكته.',
    },
    points: [
      {
        title: { fr: 'Déjà sur le réseau ?', en: 'On the network already?', ar: 'متصل بالشبكة أصلًا؟' },
        text: {
          fr: 'Votre connexion du matin suffit : rien à retaper.',
          en: 'Your sign-in of the morning is enough: nothing to type again.',
          ar: 'يكفي دخولك في الصباح: لا شيء تعيد كتابته.',
        },
      },
      {
        title: { fr: 'Toutes les huit heures', en: 'Every eight hours', ar: 'كل ثماني ساعات' },
        text: {
          fr: 'Deux preuves sont redemandées, même au milieu d’une session.',
          en: 'Two proofs are asked again, even in the middle of a session.',
          ar: 'يُطلب البرهانان من جديد، ولو في منتصف الجلسة.',
        },
      },
      {
        title: { fr: 'Le refus est expliqué', en: 'A refusal is explained', ar: 'الرفض مُعلَّل' },
        text: {
          fr: 'Un compte qui ne convient pas reste visible, avec sa raison.',
          en: 'An account that does not do stays visible, with its reason.',
          ar: 'الحساب غير المناسب يبقى ظاهرًا مع سببه.',
        },
      },
    ],
  },
  spaceTitle: { fr: 'Ordonnances', en: 'Prescriptions', ar: 'الوصفات' },
  content,
}

function content({ visitor, language, now }: ContentView) {
  const number = visitor.claims.preferred_username
  // National identifiers of the professionals' directory start with 8.
  if (typeof number !== 'string' || !/^8\d{11}$/.test(number)) return html`<p class="lead">${words.staff[language]}</p>`
  const draw = drawFrom(visitor.subject, 'prescriptions')
  const files = Array.from({ length: 4 }, () => ({
    patient: draw.one(patients),
    medicine: draw.one(medicines),
    at: daysBefore(now, draw.between(0, 2)),
  }))
  return html`
<p class="lead">${words.prescriber[language]} <span dir="ltr">${number}</span></p>
<section><h2>${words.list[language]}</h2>
${files.map(
  ({ patient, medicine, at }) => html`
<article class="file"><dl><dt>${words.patient[language]}</dt><dd><bdi>${patient}</bdi></dd><dt>${words.medicine[language]}</dt><dd>${medicine[language]}</dd><dt>${words.date[language]}</dt><dd>${formatDate(at, language)}</dd></dl></article>`,
)}
</section>`
}
