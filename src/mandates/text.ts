/**
 * The text of a mandate, as it is displayed and signed: who gives, who receives, what exactly, from when to when, how it
 * ends, and who signs by what right. Whole sentences in three languages, without a reference to a law. The same input gives
 * the same bytes: no format of the system has a part in it, and a change of a word is a new `textVersion`. Pure.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { BirthDate } from '../kernel/identity.ts'
import type { MandateId, ServiceId } from '../kernel/ids.ts'
import type { Language, Translated } from '../kernel/languages.ts'
import type { SignedText } from '../kernel/signing-statement.ts'
import { writeWallClock } from '../policy/calendar.ts'
import { type Action, inTableOrder, type Terms } from '../policy/mandate.ts'

export const textVersion = 'mandate/1'

export interface NamedOrganisation {
  name: string
  /** By scheme. */
  identifiers: Readonly<Record<string, string>>
}

/** Names as they are when a mandate is proposed: what a register or a service says later changes no text. */
export interface Named {
  principal: NamedOrganisation
  giver?: NamedOrganisation
  mandatary?: NamedOrganisation
  services: Readonly<Record<ServiceId, Translated>>
}

export interface NamedPerson {
  givenNames: string
  familyName: string
  birthdate?: BirthDate
}

export type Party = ({ kind: 'organisation' } & NamedOrganisation) | ({ kind: 'person' } & NamedPerson)

/** Who signs, and by what right. */
export type Signer = NamedPerson &
  (
    | { as: 'representative'; role: string; source: string; checkedAt: Instant }
    /** For a firm, on either side. */
    | { as: 'administrator'; firm: string }
    | { as: 'themselves' }
  )

export interface TextInput extends Terms {
  mandate: MandateId
  language: Language
  /** IANA name. */
  timeZone: string
  principal: NamedOrganisation
  /** Who delegates what they hold; absent where the principal gives it. */
  giver?: Party
  parent?: MandateId
  mandatary: Party
  services: Named['services']
  renews?: MandateId
  side: 'giving' | 'receiving'
  signer: Signer
  /** The same person has signed for the other side. */
  forBoth: boolean
  /** In force since; what is signed confirms it after its signer lost the right to. */
  confirms?: Instant
}

interface Words {
  title: (mandate: string) => string
  renews: (mandate: string, from: string) => string
  confirms: (since: string) => string
  principal: string
  giver: string
  givenUnder: (mandate: string) => string
  mandatary: string
  born: (date: string) => string
  what: string
  scope: (delegated: boolean) => string
  action: Record<Action, string>
  row: (action: string, level: string, until: string | undefined) => string
  level: Record<Level, string>
  when: string
  period: (from: string, until: string, zone: string) => string
  delegation: string
  delegable: string
  notDelegable: string
  /** Of a firm. */
  within: string
  traces: string
  seen: string
  end: string
  ends: readonly string[]
  signature: string
  giving: (who: string, whom: string, right: string) => string
  receiving: (who: string, right: string) => string
  rights: {
    representative: (role: string, source: string, date: string) => string
    administrator: (firm: string) => string
    themselves: string
  }
  forBoth: string
  months: readonly string[]
  date: (day: number, month: string, year: string) => string
  monthOf: (month: string, year: string) => string
  moment: (date: string, time: string) => string
}

const fr: Words = {
  title: (mandate) => `MANDAT ${mandate}`,
  renews: (mandate, from) => `Ce mandat prend la place du mandat ${mandate} à compter du ${from}.`,
  confirms: (since) =>
    `Ce mandat est en vigueur depuis le ${since}. La personne qui l’avait signé pour le mandant ne le représente plus : la présente signature le confirme, sans rien y changer.`,
  principal: 'Mandant (qui donne le mandat)',
  giver: 'Délégant (qui transmet le mandat qu’il détient)',
  givenUnder: (mandate) => `En vertu du mandat ${mandate}, qui permet cette délégation.`,
  mandatary: 'Mandataire (qui reçoit le mandat)',
  born: (date) => `né(e) : ${date}`,
  what: 'Ce que le mandataire peut faire',
  scope: (delegated) =>
    `Le mandataire peut agir au nom du mandant, sous sa propre identité, auprès des services nommés ici et pour les seuls actes nommés ici${delegated ? ', dans les limites du mandat transmis' : ''}. Tout le reste lui est fermé.`,
  action: {
    read: 'consulter les informations et les documents',
    prepare: 'préparer une démarche, sans l’envoyer',
    submit: 'envoyer une démarche, ce qui engage le mandant',
    pay: 'payer, ou ordonner un paiement',
    manage_mandates: 'dire auprès de ce service qui l’utilise pour le mandant',
  },
  row: (action, level, until) =>
    `${action} ; niveau de garantie ${level} au moins${until ? ` ; jusqu’au ${until}` : ''}`,
  level: { eidas1: 'faible', eidas2: 'substantiel', eidas3: 'élevé' },
  when: 'Durée',
  period: (from, until, zone) =>
    `Du ${from} au ${until}, cet instant exclu. Les heures sont celles du fuseau ${zone}. Le mandat ne commence pas avant d’être signé des deux côtés.`,
  delegation: 'Délégation',
  delegable:
    'Le mandataire peut transmettre ce mandat une fois, sans l’élargir ni le prolonger. Le délégataire ne peut pas le transmettre à son tour.',
  notDelegable: 'Le mandataire ne peut pas transmettre ce mandat.',
  within: 'Le cabinet le fait exécuter par des personnes qui y travaillent, qu’il désigne.',
  traces: 'Traces',
  seen: 'Chaque usage du mandat est enregistré avec la personne qui agit, et le mandant peut les consulter tous.',
  end: 'Fin du mandat',
  ends: [
    'Le mandant peut suspendre ou révoquer ce mandat à tout moment, sans motif. Le mandataire peut y renoncer à tout moment.',
    'L’effet est immédiat : dès la demande suivante, plus rien ne peut être fait en vertu du mandat, et les services concernés en sont informés. Ce qui a été fait avant demeure.',
    'Si la personne qui signe pour le mandant cesse de le représenter, le mandat est suspendu jusqu’à ce qu’une autre le confirme ; il prend fin sans confirmation sous 30 jours.',
  ],
  signature: 'Signature',
  giving: (who, whom, right) => `${who} signe pour ${whom}, ${right}, et donne ce mandat.`,
  receiving: (who, right) => `${who} signe ${right}, et accepte ce mandat.`,
  rights: {
    representative: (role, source, date) =>
      `en qualité de représentant légal (${role}), d’après « ${source} » au ${date}`,
    administrator: (firm) => `en qualité d’administrateur du cabinet ${firm}`,
    themselves: 'en son propre nom',
  },
  forBoth: 'La même personne signe pour les deux côtés.',
  months: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
  date: (day, month, year) => `${day === 1 ? '1er' : day} ${month} ${year}`,
  monthOf: (month, year) => `${month} ${year}`,
  moment: (date, time) => `${date} à ${time}`,
}

const en: Words = {
  title: (mandate) => `MANDATE ${mandate}`,
  renews: (mandate, from) => `This mandate takes the place of the mandate ${mandate} from ${from} on.`,
  confirms: (since) =>
    `This mandate has been in force since ${since}. The person who signed it for the principal does not represent the principal any more: this signature confirms it, and changes nothing in it.`,
  principal: 'Principal (who gives the mandate)',
  giver: 'Delegating party (who passes on the mandate that they hold)',
  givenUnder: (mandate) => `Under the mandate ${mandate}, which allows this delegation.`,
  mandatary: 'Mandatary (who receives the mandate)',
  born: (date) => `born: ${date}`,
  what: 'What the mandatary may do',
  scope: (delegated) =>
    `The mandatary may act on behalf of the principal, under their own identity, at the services named here and for the actions named here alone${delegated ? ', within the limits of the mandate that is passed on' : ''}. Everything else is closed to them.`,
  action: {
    read: 'see information and documents',
    prepare: 'prepare a procedure, without sending it',
    submit: 'send a procedure, which binds the principal',
    pay: 'pay, or order a payment',
    manage_mandates: 'say at this service who uses it for the principal',
  },
  row: (action, level, until) => `${action}; assurance level ${level} at least${until ? `; until ${until}` : ''}`,
  level: { eidas1: 'low', eidas2: 'substantial', eidas3: 'high' },
  when: 'Duration',
  period: (from, until, zone) =>
    `From ${from} until ${until}, that instant excluded. Times are those of ${zone}. The mandate does not begin before both sides have signed it.`,
  delegation: 'Delegation',
  delegable:
    'The mandatary may pass this mandate on once, and may neither widen nor prolong it. Whoever receives it so cannot pass it on again.',
  notDelegable: 'The mandatary cannot pass this mandate on.',
  within: 'The firm has it carried out by people who work in it, whom it names.',
  traces: 'Traces',
  seen: 'Each use of the mandate is recorded with the person who acts, and the principal can see them all.',
  end: 'End of the mandate',
  ends: [
    'The principal can suspend or revoke this mandate at any time, without giving a reason. The mandatary can renounce it at any time.',
    'It takes effect at once: from the next request on, nothing can be done under the mandate any more, and the services concerned are told. What was done before stands.',
    'If the person who signs for the principal ceases to represent the principal, the mandate is suspended until somebody else confirms it; it ends unless that is done within 30 days.',
  ],
  signature: 'Signature',
  giving: (who, whom, right) => `${who} signs for ${whom}, ${right}, and gives this mandate.`,
  receiving: (who, right) => `${who} signs ${right}, and accepts this mandate.`,
  rights: {
    representative: (role, source, date) => `as legal representative (${role}), according to “${source}” as of ${date}`,
    administrator: (firm) => `as administrator of the firm ${firm}`,
    themselves: 'in their own name',
  },
  forBoth: 'The same person signs for both sides.',
  months: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  date: (day, month, year) => `${day} ${month} ${year}`,
  monthOf: (month, year) => `${month} ${year}`,
  moment: (date, time) => `${date}, ${time}`,
}

const ar: Words = {
  title: (mandate) => `توكيل ${mandate}`,
  renews: (mandate, from) => `يحلّ هذا التوكيل محل التوكيل ${mandate} ابتداءً من ${from}.`,
  confirms: (since) =>
    `هذا التوكيل ساري المفعول منذ ${since}. الشخص الذي وقّعه باسم الموكِّل لم يعد يمثله: هذا التوقيع يؤكده دون أن يغيّر فيه شيئًا.`,
  principal: 'الموكِّل (من يمنح التوكيل)',
  giver: 'المفوِّض (من ينقل التوكيل الذي في يده)',
  givenUnder: (mandate) => `بموجب التوكيل ${mandate} الذي يسمح بهذا التفويض.`,
  mandatary: 'الوكيل (من يتلقى التوكيل)',
  born: (date) => `تاريخ الميلاد: ${date}`,
  what: 'ما يجوز للوكيل فعله',
  scope: (delegated) =>
    `يجوز للوكيل أن يتصرف باسم الموكِّل، بهويته الخاصة، لدى الخدمات المذكورة هنا وللأعمال المذكورة هنا وحدها${delegated ? '، في حدود التوكيل المنقول' : ''}. وكل ما عدا ذلك مغلق أمامه.`,
  action: {
    read: 'الاطلاع على المعلومات والوثائق',
    prepare: 'إعداد معاملة دون إرسالها',
    submit: 'إرسال معاملة، وهو ما يُلزم الموكِّل',
    pay: 'الدفع أو الأمر بالدفع',
    manage_mandates: 'تحديد من يستعمل هذه الخدمة باسم الموكِّل',
  },
  row: (action, level, until) => `${action}؛ مستوى ضمان ${level} على الأقل${until ? `؛ إلى غاية ${until}` : ''}`,
  level: { eidas1: 'منخفض', eidas2: 'معتبر', eidas3: 'عالٍ' },
  when: 'المدة',
  period: (from, until, zone) =>
    `من ${from} إلى ${until}، وهذه اللحظة غير داخلة. الأوقات بتوقيت ${zone}. لا يبدأ التوكيل قبل أن يوقّعه الطرفان.`,
  delegation: 'التفويض',
  delegable: 'يجوز للوكيل أن ينقل هذا التوكيل مرة واحدة، دون توسيعه أو تمديده. ولا يجوز لمن تلقّاه أن ينقله بدوره.',
  notDelegable: 'لا يجوز للوكيل أن ينقل هذا التوكيل.',
  within: 'ينفّذه المكتب بواسطة عاملين فيه يعيّنهم.',
  traces: 'الآثار',
  seen: 'يُسجَّل كل استعمال للتوكيل مع الشخص الذي تصرّف، ويمكن للموكِّل الاطلاع عليها جميعًا.',
  end: 'انتهاء التوكيل',
  ends: [
    'يمكن للموكِّل تعليق هذا التوكيل أو إلغاؤه في أي وقت دون ذكر سبب. ويمكن للوكيل التخلي عنه في أي وقت.',
    'الأثر فوري: ابتداءً من الطلب التالي لا يمكن القيام بأي شيء بموجب التوكيل، وتُبلَّغ الخدمات المعنية بذلك. وما تمّ قبل ذلك يبقى قائمًا.',
    'إذا لم يعد الشخص الذي يوقّع باسم الموكِّل يمثله، يُعلَّق التوكيل إلى أن يؤكده شخص آخر؛ وينتهي إن لم يؤكَّد خلال 30 يومًا.',
  ],
  signature: 'التوقيع',
  giving: (who, whom, right) => `يوقّع ${who} باسم ${whom}، ${right}، ويمنح هذا التوكيل.`,
  receiving: (who, right) => `يوقّع ${who} ${right}، ويقبل هذا التوكيل.`,
  rights: {
    representative: (role, source, date) => `بصفته ممثلًا قانونيًا (${role})، حسب «${source}» بتاريخ ${date}`,
    administrator: (firm) => `بصفته مديرًا للمكتب ${firm}`,
    themselves: 'باسمه الخاص',
  },
  forBoth: 'يوقّع الشخص نفسه عن الطرفين.',
  months: [
    'يناير',
    'فبراير',
    'مارس',
    'أبريل',
    'مايو',
    'يونيو',
    'يوليو',
    'أغسطس',
    'سبتمبر',
    'أكتوبر',
    'نوفمبر',
    'ديسمبر',
  ],
  date: (day, month, year) => `${day} ${month} ${year}`,
  monthOf: (month, year) => `${month} ${year}`,
  moment: (date, time) => `${date} على الساعة ${time}`,
}

const words: Record<Language, Words> = { fr, en, ar }

export function mandateText(input: TextInput): SignedText {
  const { language, timeZone, mandate, giver, parent, services, signer } = input
  const say = words[language]
  const name = (text: string) => aside(text, language)
  const moment = (at: Instant) => {
    const [date = '', time = ''] = writeWallClock(at, timeZone).split('T')
    return say.moment(dateOf(say, date), time)
  }
  const numbers = (identifiers: NamedOrganisation['identifiers']) =>
    Object.keys(identifiers)
      .sort()
      .map((scheme) => name(`${scheme.toUpperCase()} ${identifiers[scheme]}`))
  const fullName = ({ givenNames, familyName }: NamedPerson) => name(`${givenNames} ${familyName}`)
  const party = (one: Party): string[] =>
    one.kind === 'organisation'
      ? [name(one.name), ...numbers(one.identifiers)]
      : [fullName(one), ...(one.birthdate ? [say.born(dateOf(say, one.birthdate))] : [])]
  const scope = [...new Set(inTableOrder(input.rights).map(({ service }) => service))].flatMap((service) => [
    `${name(services[service]?.[language] ?? service)} (${name(service)})`,
    ...inTableOrder(input.rights)
      .filter((right) => right.service === service)
      .map(({ action, minimumLevel, until }) => {
        const ends = until === undefined || until === input.until ? undefined : moment(until)
        return `- ${say.row(say.action[action], say.level[minimumLevel], ends)}`
      }),
  ])
  const right = () => {
    if (signer.as === 'themselves') return say.rights.themselves
    if (signer.as === 'administrator') return say.rights.administrator(name(signer.firm))
    const date = dateOf(say, writeWallClock(signer.checkedAt, timeZone).slice(0, 10))
    return say.rights.representative(name(signer.role), name(signer.source), date)
  }
  const given = giver && [[say.giver, ...party(giver), ...(parent ? [say.givenUnder(name(parent))] : [])]]
  const signs =
    input.side === 'giving'
      ? say.giving(fullName(signer), name(input.principal.name), right())
      : say.receiving(fullName(signer), right())
  const paragraphs = [
    [
      say.title(name(mandate)),
      ...(input.renews ? [say.renews(name(input.renews), moment(input.from))] : []),
      ...(input.confirms === undefined ? [] : [say.confirms(moment(input.confirms))]),
    ],
    [say.principal, ...party({ kind: 'organisation', ...input.principal })],
    ...(given ?? []),
    [say.mandatary, ...party(input.mandatary)],
    [say.what, say.scope(giver !== undefined), ...scope],
    [say.when, say.period(moment(input.from), moment(input.until), timeZone)],
    [
      say.delegation,
      input.delegable ? say.delegable : say.notDelegable,
      ...(input.mandatary.kind === 'organisation' ? [say.within] : []),
    ],
    [say.traces, say.seen],
    [say.end, ...say.ends],
    [say.signature, signs, ...(input.forBoth ? [say.forBoth] : [])],
  ]
  const text = paragraphs.map((lines) => lines.join('\n')).join('\n\n')
  return { version: textVersion, language, text: `${text}\n`.normalize('NFC') }
}

/**
 * Is it the text of this mandate, for this side? By its own words alone: the title, and the sentence of who signs. What
 * was signed for another mandate, or to accept one, so gives none.
 */
export function isTextOf(
  { language, text }: SignedText,
  { mandate, side }: Pick<TextInput, 'mandate' | 'side'>,
): boolean {
  const say = words[language]
  const [title] = text.split('\n', 1)
  const [heading, signs] = (text.split('\n\n').at(-1) ?? '').split('\n')
  const ending = (side === 'giving' ? say.giving('', '', mark) : say.receiving('', mark)).split(mark).at(-1)
  return (
    title === say.title(aside(mandate, language)) &&
    heading === say.signature &&
    ending !== undefined &&
    signs?.endsWith(ending.normalize('NFC')) === true
  )
}

const mark = '\0'

/**
 * A name on one line, whatever it holds: nothing in it may look like a line of the text, or turn the words around it (UAX #9
 * section 2.4).
 */
function aside(text: string, language: Language): string {
  const plain = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return language === 'ar' || rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain
}

/** Where characters of the classes R, AL and AN are, of all scripts, those of the future too (UAX #9 section 3.2). */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** `2026-11-23`; of a birth date, zeros where it is not known. */
function dateOf(say: Words, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-')
  const named = say.months[Number(month) - 1]
  if (!named) return year
  return day === '00' ? say.monthOf(named, year) : say.date(Number(day), named, year)
}
