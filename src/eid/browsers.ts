/**
 * What a browser says of itself, in closed words: which page helps its person, and how the phone names it ("Firefox,
 * Windows"). A browser may say what it likes, so nothing of it is repeated and nothing is decided by it.
 */

export interface Browser {
  name?: (typeof names)[number][0]
  system?: (typeof systems)[number][0]
  /** One holds it in one's hand: the app is probably on this very device. */
  isPhone: boolean
  /** Shown inside of another app, whose window the e-ID app cannot lead back to. */
  isInside: boolean
}

/** The first that is found: most browsers also claim to be those that were there before them. */
const names = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\/|\bOpera\b/],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
] as const

const systems = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b|\biPod\b/],
  ['iPad', /\biPad\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
] as const

/** Windows that other apps open for pages: Android's web view, and those that name themselves. */
const inside = /; wv\)|\bFBA[NV]\/|\bInstagram\b|\bLine\/|\bMicroMessenger\b|\bTikTok\b|\bSnapchat\b|\bLinkedInApp\b/
/** On iOS a web view has no word for Safari, and neither has another browser's name. */
const insideOfIos = /\b(?:iPhone|iPad|iPod)\b(?!.*(?:Safari|CriOS|FxiOS|EdgiOS))/

/** Longer ones are no browser's. */
const longest = 512

export function browserOf(headers: Readonly<Record<string, string | string[] | undefined>>): Browser {
  const given = headers['user-agent']
  const text = typeof given === 'string' ? given.slice(0, longest) : ''
  const name = names.find(([, pattern]) => pattern.test(text))?.[0]
  const system = systems.find(([, pattern]) => pattern.test(text))?.[0]
  return {
    ...(name ? { name } : {}),
    ...(system ? { system } : {}),
    isPhone: headers['sec-ch-ua-mobile'] === '?1' || /\bMobile\b|\biPhone\b|\biPod\b/.test(text),
    isInside: inside.test(text) || insideOfIos.test(text),
  }
}

/** `Firefox, Windows`; empty where nothing is known. Names of products are the same in every language. */
export function wordsOf({ name, system }: Browser): string {
  return [name, system].filter(Boolean).join(', ')
}
