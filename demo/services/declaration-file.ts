/**
 * The file of a month's wages, in the manner of e-BDS: lines of exactly 260 characters, each a record of fixed fields.
 * Reads one, says of each line what is wrong with it, adds it up, and makes samples. Not a validator of the real thing:
 * the layout is this town's own, with its records (`B00` to `B06`), its control sums and its closed list of faults.
 *
 * A file is refused as a whole: what a declaration says is what all its lines say.
 */
import type { Translated } from '../../src/kernel/languages.ts'

export const lineLength = 260
/** Of a file that this demo takes: a company of 20,000 employees. */
export const largestFile = 6_000_000

/** How a field is written: digits on the right after zeros, a month, or text on the left before blanks. */
type Form = 'digits' | 'month' | 'text' | 'situation' | 'date'

/** Fields of the file, as payroll people call them. */
export const fieldWords = {
  transmission: { fr: 'Numéro d’envoi', en: 'Number of the transmission', ar: 'رقم الإرسال' },
  category: { fr: 'Catégorie', en: 'Category', ar: 'الصنف' },
  affiliate: { fr: 'Numéro d’affilié', en: 'Affiliate number', ar: 'رقم الانخراط' },
  month: { fr: 'Mois', en: 'Month', ar: 'الشهر' },
  name: { fr: 'Raison sociale', en: 'Company name', ar: 'اسم المقاولة' },
  activity: { fr: 'Activité', en: 'Activity', ar: 'النشاط' },
  address: { fr: 'Adresse', en: 'Address', ar: 'العنوان' },
  city: { fr: 'Ville', en: 'City', ar: 'المدينة' },
  postcode: { fr: 'Code postal', en: 'Postcode', ar: 'الرمز البريدي' },
  agency: { fr: 'Agence', en: 'Agency', ar: 'الوكالة' },
  issued: { fr: 'Date d’émission', en: 'Date of issue', ar: 'تاريخ الإصدار' },
  due: { fr: 'Date limite', en: 'Due date', ar: 'آخر أجل' },
  insured: { fr: 'Numéro d’assuré', en: 'Insured number', ar: 'رقم المؤمَّن له' },
  employee: { fr: 'Nom du salarié', en: 'Name of the employee', ar: 'اسم الأجير' },
  document: { fr: 'Pièce d’identité', en: 'Identity document', ar: 'وثيقة الهوية' },
  children: { fr: 'Enfants', en: 'Children', ar: 'الأطفال' },
  days: { fr: 'Jours', en: 'Days', ar: 'الأيام' },
  wages: { fr: 'Salaires', en: 'Wages', ar: 'الأجور' },
  capped: { fr: 'Salaires plafonnés', en: 'Capped wages', ar: 'الأجور المسقَّفة' },
  situation: { fr: 'Situation', en: 'Situation', ar: 'الوضعية' },
  control: { fr: 'Somme de contrôle', en: 'Control sum', ar: 'مجموع المراقبة' },
  count: { fr: 'Nombre de salariés', en: 'Number of employees', ar: 'عدد الأجراء' },
  insuredSum: { fr: 'Somme des numéros d’assuré', en: 'Sum of insured numbers', ar: 'مجموع أرقام المؤمَّن لهم' },
} as const satisfies Record<string, Translated>

export type FieldName = keyof typeof fieldWords

interface Field {
  name: FieldName
  length: number
  form: Form
}

const digits = (name: FieldName, length: number): Field => ({ name, length, form: 'digits' })
const text = (name: FieldName, length: number): Field => ({ name, length, form: 'text' })
const common: Field[] = [digits('affiliate', 7), { name: 'month', length: 6, form: 'month' }]
const totals: Field[] = [
  digits('count', 6),
  digits('insuredSum', 15),
  digits('days', 6),
  digits('wages', 15),
  digits('capped', 13),
  digits('control', 19),
]

/** Fields after the three characters of the type, in order; blanks fill the rest of the line. */
const records = {
  /** What the file is: one, the first line. */
  B00: [digits('transmission', 14), text('category', 2)],
  /** Whose declaration. */
  B01: [
    ...common,
    text('name', 40),
    text('activity', 40),
    text('address', 120),
    text('city', 20),
    digits('postcode', 6),
    digits('agency', 2),
    { name: 'issued', length: 8, form: 'date' },
    { name: 'due', length: 8, form: 'date' },
  ],
  /** An employee known before. */
  B02: [
    ...common,
    digits('insured', 9),
    text('employee', 60),
    digits('children', 2),
    digits('days', 2),
    digits('wages', 13),
    digits('capped', 9),
    { name: 'situation', length: 2, form: 'situation' },
    digits('control', 19),
  ],
  B03: [...common, ...totals],
  /** An employee who came in this month. */
  B04: [
    ...common,
    digits('insured', 9),
    text('employee', 60),
    text('document', 8),
    digits('days', 2),
    digits('wages', 13),
    digits('capped', 9),
    digits('control', 19),
  ],
  B05: [...common, ...totals],
  /** Of both kinds of employees: one, the last line. */
  B06: [...common, ...totals],
} as const satisfies Record<string, readonly Field[]>

type RecordType = keyof typeof records

/** Left, deceased, unable to work, maternity, long illness, suspended; blank: at work. The place counts in the control sum. */
const situations = ['  ', 'SO', 'DE', 'IT', 'MT', 'IL', 'CS'] as const

/** Days of a month that may be declared, and what a month's wage counts for at most, in hundredths. */
const mostDays = 26
export const ceiling = 600_000

/** What a line or a file can be refused for. */
export const faultWords = {
  empty: { fr: 'Le fichier est vide.', en: 'The file is empty.', ar: 'الملف فارغ.' },
  too_large: {
    fr: 'Le fichier dépasse 6 Mo : ce n’est sans doute pas le bon.',
    en: 'The file is larger than 6 MB: it is probably not the right one.',
    ar: 'يتجاوز الملف 6 ميغابايت: لعله ليس الملف الصحيح.',
  },
  not_text: {
    fr: 'Ce n’est pas un fichier de texte : choisissez celui que votre logiciel de paie a produit.',
    en: 'This is no text file: choose the one that your payroll program made.',
    ar: 'ليس هذا ملفًا نصيًا: اختر الملف الذي أنتجه برنامج الأجور.',
  },
  length: {
    fr: 'La ligne n’a pas 260 caractères.',
    en: 'The line does not have 260 characters.',
    ar: 'لا يتكون السطر من 260 حرفًا.',
  },
  type: { fr: 'Type de ligne inconnu.', en: 'Unknown type of line.', ar: 'نوع السطر غير معروف.' },
  order: {
    fr: 'La ligne n’est pas à sa place : B00, B01, les B02, B03, les B04, B05, puis B06.',
    en: 'The line is out of place: B00, B01, the B02s, B03, the B04s, B05, then B06.',
    ar: 'السطر في غير موضعه: B00 ثم B01 ثم أسطر B02 ثم B03 ثم أسطر B04 ثم B05 ثم B06.',
  },
  missing: {
    fr: 'Il manque la fin du fichier : la dernière ligne doit être B06.',
    en: 'The end of the file is missing: the last line must be B06.',
    ar: 'نهاية الملف ناقصة: يجب أن يكون السطر الأخير B06.',
  },
  form: {
    fr: 'Un champ n’a pas la forme attendue.',
    en: 'A field does not have the form that is expected.',
    ar: 'أحد الحقول ليس بالصيغة المطلوبة.',
  },
  filler: {
    fr: 'La fin de la ligne doit rester blanche.',
    en: 'The end of the line must stay blank.',
    ar: 'يجب أن تبقى نهاية السطر فارغة.',
  },
  affiliate: {
    fr: 'Le numéro d’affilié n’est pas celui de l’entreprise pour laquelle vous agissez.',
    en: 'The affiliate number is not that of the company for which you act.',
    ar: 'رقم الانخراط ليس رقم المقاولة التي تتصرف باسمها.',
  },
  month: {
    fr: 'Le mois n’est pas celui de la déclaration.',
    en: 'The month is not that of the declaration.',
    ar: 'الشهر ليس شهر التصريح.',
  },
  twice: {
    fr: 'Ce salarié est déjà déclaré plus haut.',
    en: 'This employee is already declared above.',
    ar: 'صُرّح بهذا الأجير من قبل في سطر سابق.',
  },
  days: {
    fr: 'Plus de 26 jours déclarés dans le mois.',
    en: 'More than 26 days declared in the month.',
    ar: 'أكثر من 26 يومًا مصرَّحًا بها في الشهر.',
  },
  capped: {
    fr: 'Le salaire plafonné n’est pas le plus petit du salaire réel et du plafond.',
    en: 'The capped wage is not the lower of the real wage and the ceiling.',
    ar: 'الأجر المسقَّف ليس الأصغر بين الأجر الحقيقي والسقف.',
  },
  control: {
    fr: 'La somme de contrôle ne correspond pas : un chiffre a changé en route.',
    en: 'The control sum does not match: a digit changed on the way.',
    ar: 'مجموع المراقبة غير مطابق: تغيّر رقم في الطريق.',
  },
  total: {
    fr: 'Le total ne correspond pas aux lignes.',
    en: 'The total does not match the lines.',
    ar: 'المجموع لا يطابق الأسطر.',
  },
} as const satisfies Record<string, Translated>

export type FaultKind = keyof typeof faultWords

export interface Fault {
  /** From 1; absent: the whole file. */
  line?: number
  /** Where one is at fault. */
  field?: FieldName
  kind: FaultKind
}

export interface Declaration {
  affiliate: string
  /** `YYYYMM` */
  month: string
  company: string
  employees: number
  days: number
  /** Hundredths. */
  wages: number
  capped: number
}

export interface Expected {
  /** Of the company for which somebody acts. */
  affiliate: string
  /** `YYYYMM` */
  month: string
}

/** More tell nobody more. */
const mostFaults = 50

/** All that is wrong with a file, line by line, or what it declares. */
export function readDeclaration(
  file: Buffer,
  expected: Expected,
): { ok: true; declaration: Declaration } | { ok: false; faults: Fault[]; more: boolean } {
  const faults = file.length === 0 ? [{ kind: 'empty' } as const] : tooLarge(file)
  if (faults.length > 0) return { ok: false, faults, more: false }
  const lines = linesOf(file)
  if (!lines) return { ok: false, faults: [{ kind: 'not_text' }], more: false }
  const found: Fault[] = []
  const parsed: Line[] = []
  for (const [index, written] of lines.entries()) {
    const line = parseLine(written, index + 1, found)
    if (line) parsed.push(line)
    if (found.length > mostFaults) return { ok: false, faults: found.slice(0, mostFaults), more: true }
  }
  // Sums over lines that were not read would be wrong for a reason that is already told.
  if (found.length === 0) judge(parsed, expected, found)
  if (found.length > 0) return { ok: false, faults: found.slice(0, mostFaults), more: found.length > mostFaults }
  const [, header] = parsed
  const last = parsed.at(-1)
  if (!header || !last) return { ok: false, faults: [{ kind: 'missing' }], more: false }
  return {
    ok: true,
    declaration: {
      affiliate: header.of('affiliate'),
      month: header.of('month'),
      company: header.of('name'),
      employees: last.number('count'),
      days: last.number('days'),
      wages: last.number('wages'),
      capped: last.number('capped'),
    },
  }
}

const tooLarge = (file: Buffer): Fault[] => (file.length > largestFile ? [{ kind: 'too_large' }] : [])

/** Payroll programs write ISO 8859-1 or UTF-8; what has other control characters than ends of lines is no text. */
function linesOf(file: Buffer): string[] | undefined {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let written: string
  try {
    written = utf8.decode(file)
  } catch {
    written = file.toString('latin1')
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is asked
  if (/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f\ufffd]/.test(written)) return undefined
  const lines = written.split(/\r?\n/)
  // The end of the last line, and what an editor adds after it.
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop()
  return lines
}

interface Line {
  at: number
  type: RecordType
  of(field: FieldName): string
  number(field: FieldName): number
}

const forms: Record<Form, (value: string) => boolean> = {
  digits: (value) => /^\d+$/.test(value),
  month: (value) => /^20\d\d(?:0[1-9]|1[0-2])$/.test(value),
  date: (value) => /^20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(value),
  situation: (value) => (situations as readonly string[]).includes(value),
  text: (value) => !value.startsWith(' ') || value.trim() === '',
}

function parseLine(written: string, at: number, faults: Fault[]): Line | undefined {
  if (written.length !== lineLength) {
    faults.push({ line: at, kind: 'length' })
    return undefined
  }
  const type = written.slice(0, 3)
  if (!isType(type)) {
    faults.push({ line: at, kind: 'type' })
    return undefined
  }
  const values = new Map<string, string>()
  let place = 3
  for (const { name, length, form } of records[type] as readonly Field[]) {
    const value = written.slice(place, place + length)
    place += length
    if (!forms[form](value)) faults.push({ line: at, field: name, kind: 'form' })
    values.set(name, form === 'text' ? value.trimEnd() : value)
  }
  if (written.slice(place).trim() !== '') faults.push({ line: at, kind: 'filler' })
  const of = (field: FieldName) => {
    const value = values.get(field)
    if (value === undefined) throw new Error(`${type} has no field ${field}`)
    return value
  }
  return { at, type, of, number: (field) => Number(of(field)) }
}

const isType = (type: string): type is RecordType => Object.hasOwn(records, type)

/** Which type may follow which. */
const followers: Record<RecordType, readonly RecordType[]> = {
  B00: ['B01'],
  B01: ['B02', 'B03'],
  B02: ['B02', 'B03'],
  B03: ['B04', 'B05'],
  B04: ['B04', 'B05'],
  B05: ['B06'],
  B06: [],
}

function judge(lines: readonly Line[], expected: Expected, faults: Fault[]): void {
  let allowed: readonly RecordType[] = ['B00']
  for (const { at, type } of lines) {
    if (!allowed.includes(type)) return void faults.push({ line: at, kind: 'order' })
    allowed = followers[type]
  }
  if (lines.at(-1)?.type !== 'B06') return void faults.push({ kind: 'missing' })

  const seen = new Set<string>()
  for (const line of lines) {
    const { at, type } = line
    if (type !== 'B00') {
      if (line.of('affiliate') !== expected.affiliate) faults.push({ line: at, field: 'affiliate', kind: 'affiliate' })
      if (line.of('month') !== expected.month) faults.push({ line: at, field: 'month', kind: 'month' })
    }
    if (type === 'B02' || type === 'B04') judgeEmployee(line, seen, faults)
  }
  const of = (...types: RecordType[]) => lines.filter(({ type }) => types.includes(type))
  for (const line of of('B03')) judgeTotals(line, of('B02'), faults)
  for (const line of of('B05')) judgeTotals(line, of('B04'), faults)
  for (const line of of('B06')) judgeTotals(line, of('B02', 'B04'), faults)
}

function judgeEmployee(line: Line, seen: Set<string>, faults: Fault[]): void {
  const { at } = line
  const insured = line.of('insured')
  if (seen.has(insured)) faults.push({ line: at, field: 'insured', kind: 'twice' })
  seen.add(insured)
  if (line.number('days') > mostDays) faults.push({ line: at, field: 'days', kind: 'days' })
  if (line.number('capped') !== Math.min(line.number('wages'), ceiling)) {
    faults.push({ line: at, field: 'capped', kind: 'capped' })
  }
  const situation = line.type === 'B02' ? situationNumber(line.of('situation')) : 0
  const control =
    line.number('insured') + line.number('days') + line.number('wages') + line.number('capped') + situation
  if (line.number('control') !== control) faults.push({ line: at, field: 'control', kind: 'control' })
}

const situationNumber = (situation: string) => (situations as readonly string[]).indexOf(situation)

function judgeTotals(line: Line, employees: readonly Line[], faults: Fault[]): void {
  const sum = (field: FieldName) => employees.reduce((total, employee) => total + employee.number(field), 0)
  const right: Partial<Record<FieldName, number>> = {
    count: employees.length,
    insuredSum: sum('insured'),
    days: sum('days'),
    wages: sum('wages'),
    capped: sum('capped'),
    control: sum('control'),
  }
  for (const [field, value] of Object.entries(right) as [FieldName, number][]) {
    if (line.number(field) !== value) faults.push({ line: line.at, field, kind: 'total' })
  }
}

// --- Samples -------------------------------------------------------------------------------------------------------

export interface Employee {
  insured: string
  name: string
  days: number
  /** Hundredths. */
  wages: number
  situation?: (typeof situations)[number]
  /** Came in this month, with this document. */
  came?: string
}

/** A file of this company and month that `readDeclaration` takes. */
export function writeDeclaration(options: {
  affiliate: string
  month: string
  company: string
  city: string
  employees: readonly Employee[]
}): string {
  const { affiliate, month, company, city, employees } = options
  const here = { affiliate, month }
  const line = (type: RecordType, values: Record<string, string | number>) => {
    const fields = (records[type] as readonly Field[]).map(({ name, length, form }) => {
      const value = String(values[name] ?? '')
      return form === 'digits' ? value.padStart(length, '0') : value.slice(0, length).padEnd(length)
    })
    return `${type}${fields.join('')}`.padEnd(lineLength)
  }
  const numbersOf = ({ insured, days, wages, situation = '  ', came }: Employee) => {
    const capped = Math.min(wages, ceiling)
    const control = Number(insured) + days + wages + capped + (came === undefined ? situationNumber(situation) : 0)
    return { insured, days, wages, capped, control }
  }
  const totalsOf = (of: readonly Employee[]) => {
    const all = of.map(numbersOf)
    const sum = (pick: (numbers: (typeof all)[number]) => number) =>
      all.reduce((total, numbers) => total + pick(numbers), 0)
    return {
      ...here,
      count: all.length,
      insuredSum: sum(({ insured }) => Number(insured)),
      days: sum(({ days }) => days),
      wages: sum(({ wages }) => wages),
      capped: sum(({ capped }) => capped),
      control: sum(({ control }) => control),
    }
  }
  const known = employees.filter(({ came }) => came === undefined)
  const entered = employees.filter(({ came }) => came !== undefined)
  const lines = [
    line('B00', { transmission: `${affiliate}${month}0`, category: 'B0' }),
    line('B01', { ...here, name: company, city, postcode: 0, agency: 1, issued: `${month}01`, due: `${month}10` }),
    ...known.map((employee) =>
      line('B02', {
        ...here,
        ...numbersOf(employee),
        employee: employee.name,
        children: 0,
        situation: employee.situation ?? '',
      }),
    ),
    line('B03', totalsOf(known)),
    ...entered.map((employee) =>
      line('B04', { ...here, ...numbersOf(employee), employee: employee.name, document: employee.came ?? '' }),
    ),
    line('B05', totalsOf(entered)),
    line('B06', totalsOf(employees)),
  ]
  return lines.map((written) => `${written}\r\n`).join('')
}
