/**
 * Names for the codes by which a pivot identity says where somebody was born: those of the COG, the official geographic
 * code of INSEE. For pages only: what is compared, stored and released is the code.
 *
 * The table of communes is that of today, with those that were merged into another one and kept their code; a birthplace
 * has the code of its day. Of a commune that left the table only the department is known, and not even that where codes
 * of departments changed their meaning: around Paris in 1968, and in Algeria before 1962.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import { france } from '../kernel/parse-pivot.ts'

export interface Birthplaces {
  /** `Ajaccio`, or `Corse-du-Sud` where only the department is known; as written in French, its only name. */
  communeOf(code: string): string | undefined
  /** In the language of the reader. */
  countryOf(code: string, language: Language): string | undefined
  /** Communes of exactly this name, without regard to case, accents, hyphens and apostrophes: many are called Saint-Denis. */
  communesNamed(name: string): { code: string; name: string; department: string }[]
  /** Every country that has a name here, in the order of the reader's alphabet; France first. */
  countries(language: Language): { code: string; name: string }[]
}

const table = '@etalab/decoupage-administratif/data/'

/** Tables are read at the first question: a tenth of a second once, then about 5 MB of memory. */
export function createBirthplaces(): Birthplaces {
  let communes: Map<string, string> | undefined
  let departments: Map<string, string> | undefined
  let byName: Map<string, string[]> | undefined
  return {
    communesNamed(name) {
      communes ??= readNames('communes')
      departments ??= readNames('departements')
      byName ??= indexOf(communes)
      const codes = byName.get(plain(name)) ?? []
      return codes.map((code) => ({
        code,
        name: communes?.get(code) ?? code,
        department: departments?.get(departmentOf(code)) ?? '',
      }))
    },
    countries(language) {
      const { compare } = new Intl.Collator(language)
      const all = [...regionsByCode].map(([code, region]) => ({ code, name: names[language].of(region) ?? code }))
      const isFrance = ({ code }: { code: string }) => Number(code === france)
      return all.sort((a, b) => isFrance(b) - isFrance(a) || compare(a.name, b.name))
    },
    communeOf(code) {
      communes ??= readNames('communes')
      departments ??= readNames('departements')
      return communes.get(code) ?? (renumbered.test(code) ? undefined : departments.get(departmentOf(code)))
    },
    countryOf(code, language) {
      const region = regionsByCode.get(code)
      return region && names[language].of(region)
    },
  }
}

const renumbered = /^(?:75|78|9[1-5])/

const departmentOf = (code: string) => code.slice(0, code.startsWith('97') ? 3 : 2)

/** By name; a code that has two names is found by either. */
function indexOf(communes: ReadonlyMap<string, string>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [code, both] of communes) {
    for (const name of new Set(both.split(', ').map(plain))) found.set(name, [...(found.get(name) ?? []), code])
  }
  return found
}

/** As people type it: `Saint-Étienne` and `SAINT ETIENNE` are one. */
function plain(name: string): string {
  return name
    .slice(0, 100)
    .normalize('NFD')
    .replaceAll(/\p{M}+/gu, '')
    .toUpperCase()
    .replaceAll('Œ', 'OE')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

interface Entry {
  code: string
  nom: string
}

/** Of two communes of one code, one was merged into the other: who was born there may know it by either name. */
function readNames(kind: 'communes' | 'departements'): Map<string, string> {
  const entries: Entry[] = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve(`${table}${kind}.json`), 'utf8'),
  )
  const found = new Map<string, string>()
  for (const { code, nom } of entries) {
    const known = found.get(code)
    found.set(code, known === undefined || known === nom ? nom : `${known}, ${nom}`)
  }
  return found
}

/** ICU looks a name up anew each time it is asked: of the few regions below each name is kept. */
const names = inEachLanguage((locale) => {
  const displayed = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
  const kept = new Map<string, string | undefined>()
  return {
    of(region: string): string | undefined {
      if (!kept.has(region)) kept.set(region, displayed.of(region))
      return kept.get(region)
    },
  }
})

/**
 * COG codes of countries and territories, without their 99, and the region of each (ISO 3166-1 alpha-2; XK is Kosovo's
 * in common use). Codes that cover several territories, or a State that is no more, are left out: they have no name here.
 */
const cog = `
100 FR 101 DK 102 IS 103 NO 104 SE 105 FI 106 EE 107 LV 108 LT 109 DE 110 AT 111 BG 112 HU 113 LI 114 RO 116 CZ 117 SK
118 BA 119 HR 120 ME 121 RS 122 PL 123 RU 125 AL 126 GR 127 IT 128 SM 129 VA 130 AD 131 BE 132 GB 133 GI 134 ES 135 NL
136 IE 137 LU 138 MC 139 PT 140 CH 144 MT 145 SI 148 BY 151 MD 155 UA 156 MK 157 XK
201 SA 203 IQ 204 IR 205 LB 206 SY 207 IL 208 TR 212 AF 213 PK 214 BT 215 NP 216 CN 217 JP 219 TH 220 PH 222 JO 223 IN
224 MM 225 BN 226 SG 227 MY 229 MV 230 HK 231 ID 232 MO 234 KH 235 LK 236 TW 238 KP 239 KR 240 KW 241 LA 242 MN 243 VN
246 BD 247 AE 248 QA 249 BH 250 OM 251 YE 252 AM 253 AZ 254 CY 255 GE 256 KZ 257 KG 258 UZ 259 TJ 260 TM 261 PS 262 TL
301 EG 302 LR 303 ZA 304 GM 309 TZ 310 ZW 311 NA 312 CD 314 GQ 315 ET 316 LY 317 ER 318 SO 321 BI 322 CM 323 CF 324 CG
326 CI 327 BJ 328 GA 329 GH 330 GN 331 BF 332 KE 333 MG 334 MW 335 ML 336 MR 337 NE 338 NG 339 UG 340 RW 341 SN 342 SL
343 SD 344 TD 345 TG 346 ZM 347 BW 348 LS 349 SS 350 MA 351 TN 352 DZ 389 EH 390 MU 391 SZ 392 GW 393 MZ 394 ST 395 AO
396 CV 397 KM 398 SC 399 DJ
401 CA 404 US 405 MX 406 CR 407 CU 408 DO 409 GT 410 HT 411 HN 412 NI 413 PA 414 SV 415 AR 416 BR 417 CL 418 BO 419 CO
420 EC 421 PY 422 PE 423 UY 424 VE 426 JM 428 GY 429 BZ 430 GL 433 TT 434 BB 435 GD 436 BS 437 SR 438 DM 439 LC 440 VC
441 AG 442 KN 443 BQ 444 CW 445 SX
501 AU 502 NZ 506 WS 507 NR 508 FJ 509 TO 510 PG 511 TV 512 SB 513 KI 514 VU 515 MH 516 FM 517 PW`

const regionsByCode = new Map(
  [...cog.matchAll(/(\d{3}) ([A-Z]{2})/g)].map(([, code, region = '']) => [`99${code}`, region]),
)
