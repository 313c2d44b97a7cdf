/**
 * What the process that answers runs with: its settings as it has them, where its secrets came from, versions,
 * migrations, keys, the authorities of cards. Of a secret nothing is told but that it is set.
 */
import { type LoadedCertificate, nearnessOf } from '../certificates/certificates.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { Key } from '../keys/keys.ts'
import { consolePaths, type Frame, framed, instant } from './frame.ts'

/** Where a secret was read. */
export type Origin = 'environment' | 'file' | 'data_folder' | 'derived' | 'settings' | 'absent' | 'untold'

/** The process that answers, as whoever assembled it knows it. */
export interface RunningProcess {
  /** Of the hub and of Node. */
  version: string
  node: string
  pid: number
  /** The machine's own name. */
  host: string
  startedAt: Instant
  settings: object
  /** By the variable that gives each. */
  secrets: Readonly<Record<string, Origin>>
  /** How long a key serves, in milliseconds. */
  keyLifetime: number
}

export interface Setting {
  /** From the top, with points: `keys.overlapHours`. */
  path: string
  /** Undefined: a secret. */
  value: string | undefined
}

const isSecret = (name: string) => /(?:secret|password|token|credential|private_?key)s?$/i.test(name)

/** Every member that is set, in its order. A secret that stands in the settings is not told, nor what an address hides. */
export function settingsInForce(settings: object, above: readonly string[] = []): Setting[] {
  return Object.entries(settings).flatMap(([name, value]): Setting[] => {
    const path = [...above, name]
    if (value === undefined) return []
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return settingsInForce(value, path)
    const withheld = isSecret(name) && typeof value === 'string'
    return [{ path: path.join('.'), value: withheld ? undefined : written(value) }]
  })
}

function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(', ')
  return typeof value === 'string' ? withoutCredentials(value) : JSON.stringify(value)
}

/** An address may carry a password, or a secret among its parameters; a text of PEM may be a key. */
function withoutCredentials(text: string): string {
  if (text.includes('-----BEGIN ')) return 'PEM'
  const url = /^[a-z][a-z+.-]*:\/\//i.test(text) ? URL.parse(text) : null
  if (!url || (url.username === '' && url.password === '' && url.search === '')) return text
  return `${url.protocol}//${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`
}

/** Allowed by the settings, and unsafe outside a demo. */
export const isDangerous = ({ path, value }: Setting) =>
  path.split('.').at(-1)?.startsWith('danger_') === true && value !== 'false'

export interface SettingsView {
  running: RunningProcess
  database: { kind: 'embedded' | 'server'; version: string; migrations: readonly { number: number; name: string }[] }
  keys: readonly Key[]
  /** Who vouches for cards. */
  certificates: readonly LoadedCertificate[]
  now: Instant
}

export function settingsPage(
  { running, database, keys, certificates, now }: SettingsView,
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const settings = settingsInForce(running.settings)
  const dangers = settings.filter(isDangerous)
  const facts: [string, Html | string][] = [
    [t('settings.version'), code(running.version)],
    [t('settings.node'), code(running.node)],
    [t('settings.process'), code(`${running.pid} @ ${running.host}`)],
    [t('settings.started'), instant(running.startedAt, frame, context)],
    [t('settings.database'), t(`settings.database.${database.kind}`, { version: database.version })],
  ]
  return framed(frame, context, {
    title: t('settings.title'),
    here: consolePaths.settings,
    body: html`<h1>${t('settings.title')}</h1>
<p class="lead">${t('settings.lead')}</p>
${
  dangers.length > 0
    ? html`<div class="notice" role="status"><h2>${t('settings.danger')}</h2><p>${t('settings.danger.text')}</p>
<ul class="plain">${dangers.map(({ path }) => html`<li>${code(path)}</li>`)}</ul></div>`
    : html`<p>${t('settings.danger.none')}</p>`
}
${sheet('process', t('settings.process.title'), list(facts))}
${sheet(
  'secrets',
  t('settings.secrets'),
  html`<p>${t('settings.secrets.text')}</p>${list(
    Object.entries(running.secrets).map(([name, origin]) => [code(name), t(`settings.origin.${origin}`)]),
  )}`,
)}
${sheet(
  'keys',
  t('settings.keys'),
  html`<p>${t('settings.keys.text')}</p>
<ul class="rows">${keys.map((key) => keyRow(key, keys, running.keyLifetime, frame, context))}</ul>
<p class="actions"><a class="button button-quiet" href="${consolePaths.publicKeys}">${t('settings.keys.download')}</a>
<a class="button button-quiet" href="${consolePaths.journalKeys}">${t('settings.keys.journal')}</a></p>`,
)}
${
  certificates.length > 0 &&
  sheet(
    'authorities',
    t('settings.authorities'),
    html`<p>${t('settings.authorities.text')}</p>
<ul class="rows">${certificates.map((one) => authorityRow(one, now, frame, context))}</ul>`,
  )
}
${sheet(
  'values',
  t('settings.values'),
  list(
    settings.map(({ path, value }) => [
      code(path),
      value === undefined ? t('settings.withheld') : code(value === '' ? '""' : value),
    ]),
  ),
)}
${sheet(
  'migrations',
  t('settings.migrations'),
  html`<ol class="plain">${database.migrations.map(({ name }) => html`<li>${code(name)}</li>`)}</ol>`,
)}`,
  })
}

function keyRow(key: Key, keys: readonly Key[], lifetime: number, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const written = (at: Instant) => instant(at, frame, context)
  const successor = keys.find(
    ({ purpose, alg, state }) => state === 'next' && purpose === key.purpose && alg === key.alg,
  )
  const rotatesAt = successor?.activeFrom ?? key.activeFrom + lifetime
  return html`<li><p>${code(key.id)} · ${code(key.alg)} · ${t(`settings.key.${key.purpose}`)} · <strong>${t(`settings.key.${key.state}`)}</strong></p>
<p>${t('settings.key.created', { date: written(key.createdAt) })}
${t('settings.key.from', { date: written(key.activeFrom) })}
${key.state === 'active' && t('settings.key.rotates', { date: written(rotatesAt) })}
${key.retiredAt !== undefined && t('settings.key.retired_at', { date: written(key.retiredAt) })}</p></li>`
}

function authorityRow(one: LoadedCertificate, now: Instant, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const near = nearnessOf(one, now)
  const ends = t(near === 'over' ? 'settings.authority.over' : 'settings.authority.ends', {
    date: instant(one.notAfter, frame, context),
  })
  return html`<li><p>${code(one.kind)} · ${t(`settings.authority.${one.role}`)} · <strong><bdi>${one.name}</bdi></strong></p>
<p>${near === undefined ? ends : html`<strong>${ends}</strong>`}
${near !== undefined && near !== 'over' && t('settings.authority.soon', { days: near })}</p>
<p>${code(`SHA-256 ${one.fingerprint}`)}</p></li>`
}

const code = (text: string) => html`<code dir="ltr">${text}</code>`

const list = (rows: readonly (readonly [Html | string, Html | string])[]) =>
  html`<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`

const sheet = (id: string, title: string, body: Html) =>
  html`<section class="sheet" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`
