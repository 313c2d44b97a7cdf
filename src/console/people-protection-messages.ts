/** Sentences of the pages on which operators freeze and thaw the identity of a person. */
import type { Messages } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'

const texts: Record<string, readonly [fr: string, en: string, ar: string]> = {
  'protection.title': ['Protection d’une identité', 'Protection of an identity', 'حماية هوية'],
  'protection.one': ['Protection de cette identité', 'Protection of this identity', 'حماية هذه الهوية'],
  'protection.lead': [
    'Geler l’identité d’une personne pour la protéger, ou la dégeler quand elle a prouvé qui elle est à un guichet. Chaque fois à deux.',
    'Freeze the identity of a person to protect them, or thaw it once they have proved who they are at a desk. Two operators each time.',
    'تجميد هوية شخص لحمايته، أو رفع التجميد بعد أن يثبت هويته لدى مكتب. بمشغّلَين اثنين في كل مرة.',
  ],
  'protection.hint': [
    'Identifiant exact, numéro de la personne, ou code d’une connexion qu’elle vous lit.',
    'Exact identifier, id of the person, or the code of a connection that they read out.',
    'معرّف دقيق، أو رقم الشخص، أو رمز اتصال يقرؤه لك.',
  ],
  'protection.now': ['En ce moment', 'At present', 'حاليًا'],
  'protection.state': ['État', 'State', 'الحالة'],
  'protection.state.free': ['Peut servir', 'May be used', 'قابلة للاستعمال'],
  'protection.state.person': ['Gelée par la personne', 'Frozen by the person', 'جمّدها صاحبها'],
  'protection.state.operators': ['Gelée par deux opérateurs', 'Frozen by two operators', 'جمّدها مشغّلان'],
  'protection.state.frozen': [
    'Cette identité est gelée : rien ne peut lui être ajouté avant le dégel.',
    'This identity is frozen: nothing can be added to it before it is thawed.',
    'هذه الهوية مجمَّدة: لا يمكن إضافة شيء إليها قبل رفع التجميد.',
  ],
  'protection.since': ['Depuis', 'Since', 'منذ'],
  'protection.thaws': ['Dégel demandé, effectif le', 'Thaw asked for, in force from', 'طُلب رفع التجميد، ويسري من'],
  'protection.blocked': ['Comptes bloqués par la personne', 'Accounts that the person blocked', 'حسابات أوقفها الشخص'],
  'protection.blocked.count': [
    '{count, plural, =0 {aucun} one {#} other {#}}',
    '{count, plural, =0 {none} one {#} other {#}}',
    '{count, plural, =0 {لا شيء} other {#}}',
  ],
  'protection.future': ['Nouveaux comptes', 'New accounts', 'حسابات جديدة'],
  'protection.future.on': ['refusés', 'refused', 'مرفوضة'],
  'protection.freeze': ['Geler cette identité', 'Freeze this identity', 'تجميد هذه الهوية'],
  'protection.thaw': ['Dégeler, sur preuve d’identité', 'Thaw, on proof of identity', 'رفع التجميد بإثبات الهوية'],
  'protection.evidence.hint': [
    'Où cette preuve est consignée : numéro de dossier ou d’enrôlement. Aucune donnée de la pièce elle-même.',
    'Where this proof is written down: a file or enrolment number. Nothing of what the document itself says.',
    'أين دُوّن هذا الإثبات: رقم ملف أو تسجيل. لا شيء مما في الوثيقة نفسها.',
  ],
  'protection.evidence.wrong': [
    'Indiquez où la preuve d’identité est consignée : 3 à 60 caractères, lettres, chiffres, espace, point, barre, tiret.',
    'Say where the proof of identity is written down: 3 to 60 characters, letters, digits, space, dot, slash, dash.',
    'اذكر أين دُوّن إثبات الهوية: من 3 إلى 60 حرفًا، حروف وأرقام ومسافة ونقطة وشرطة.',
  ],
  'protection.lift': [
    'Débloquer aussi les comptes que la personne a bloqués, si elle ne peut plus entrer autrement',
    'Unblock the accounts that the person blocked too, where they cannot get in otherwise',
    'إعادة قبول الحسابات التي أوقفها الشخص أيضًا إن لم يستطع الدخول بغيرها',
  ],
  'console.may.protect': ['Protéger l’identité d’une personne', 'Protect the identity of a person', 'حماية هوية شخص'],
  'console.may.protect.text': [
    'La geler, ou la dégeler sur preuve d’identité : demander, à deux.',
    'Freeze it, or thaw it on proof of identity: ask, two together.',
    'تجميدها أو رفع التجميد بإثبات الهوية: بطلب ومشغّلَين اثنين.',
  ],
}

export const peopleProtectionMessages = Object.fromEntries(
  languages.map((language, index) => [
    language,
    Object.fromEntries(Object.entries(texts).map(([key, row]) => [key, row[index] as string])),
  ]),
) as Messages
