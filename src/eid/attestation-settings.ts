/**
 * The parts `android`, `ios` and `danger_trusted_phones` of the section `eid` of `garant.yaml`, and the trust that is made
 * of them: read and judged once, at the start. The makers' roots are shipped (`roots/`, each with its source); they change
 * by a release or by the settings, never by a download.
 */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { addressProblem } from '../partners/addresses.ts'
import { saying } from '../partners/fields.ts'
import {
  type AttestationInput,
  type AttestationRefused,
  type AttestationTrust,
  type Attested,
  verifyAttestation,
} from './attestation.ts'
import type { Anchor } from './attestation-chain.ts'

/** One PEM file, or the PEM text itself; either may hold several certificates. */
const pem = saying((text) => (certificatesOf(text) ? undefined : 'must be a PEM file of certificates, or their text'))

export const androidSchema = z.strictObject({
  /** In place of Google's. */
  roots: z.array(pem).min(1).max(10).exactOptional(),
  packages: z
    .array(z.string().regex(/^[a-zA-Z]\w*(?:\.\w+)+$/, { error: 'must be a package: ma.example.eid' }))
    .min(1)
    .max(10),
  /** SHA-256 of the certificates that sign the app, as `apksigner verify --print-certs` prints them, or with colons. */
  signingDigests: z
    .array(
      z
        .string()
        .transform((text) => text.replaceAll(':', '').toLowerCase())
        .pipe(z.string().regex(/^[a-f\d]{64}$/, { error: 'must be a SHA-256 digest in hexadecimal' })),
    )
    .min(1)
    .max(10),
  /** A phone whose system was patched before this month is refused: 2025-06. */
  minimumPatch: z
    .string()
    .regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, { error: 'must be a month: 2025-06' })
    .exactOptional(),
  /** Google's list of revoked attestation keys: https://android.googleapis.com/attestation/status. */
  revocationList: saying((text) => addressProblem(text, { allowHttp: false })).exactOptional(),
})

export const iosSchema = z.strictObject({
  /** In place of Apple's. */
  roots: z.array(pem).min(1).max(10).exactOptional(),
  appIds: z
    .array(z.string().regex(/^[A-Z\d]{10}\.[\w.-]{1,155}$/, { error: 'must be TEAM.bundle.identifier' }))
    .min(1)
    .max(10),
  /** Also apps that were built for development. */
  danger_development: z.boolean().default(false),
})

/** PEM of roots that vouch for phones as Google's do. Who holds its key makes phones out of nothing. */
export const trustedPhonesSchema = pem

export interface AttestationSettings {
  android?: z.output<typeof androidSchema>
  ios?: z.output<typeof iosSchema>
  danger_trusted_phones?: string
}

/** What an operator is told at each start. */
export function attestationDoubts({ android, ios, danger_trusted_phones }: AttestationSettings): string[] {
  const doubts: [unknown, string][] = [
    [
      danger_trusted_phones !== undefined,
      'eid.danger_trusted_phones: who holds the key of this root makes phones that the hub believes: for a demo only',
    ],
    [
      android && android.revocationList === undefined,
      'eid.android.revocationList: is not set, so phones whose attestation keys were stolen still pair',
    ],
    [ios?.danger_development, 'eid.ios.danger_development: apps that are still being made are believed'],
  ]
  return doubts.filter(([holds]) => holds).map(([, doubt]) => doubt)
}

export interface Attestation {
  attest(input: AttestationInput): Promise<Attested | AttestationRefused>
}

export interface AttestationOptions {
  settings: AttestationSettings
  clock: Clock
  /** The body at an address that the operator chose; without one, or with a failure, it could not be had. */
  download: (address: string) => Promise<string | undefined>
}

export function createAttestation({ settings, clock, download }: AttestationOptions): Attestation {
  const trust = attestationTrust(settings, download)
  return { attest: (input) => verifyAttestation(input, trust, clock.now()) }
}

/** Without `android`, a dangerous root alone accepts nothing: whose app it is has to be said too. */
export function attestationTrust(
  { android, ios, danger_trusted_phones: dangerous }: AttestationSettings,
  download: AttestationOptions['download'],
): AttestationTrust {
  const more = dangerous === undefined ? [] : anchorsOf([dangerous], { dangerous: true })
  return {
    ...(android && {
      android: {
        anchors: [...anchorsOf(android.roots ?? shipped.android), ...more],
        packages: new Set(android.packages),
        signingDigests: new Set(android.signingDigests),
        ...(android.minimumPatch && { minimumPatchLevel: Number(android.minimumPatch.replace('-', '')) }),
        ...(android.revocationList && { revoked: revocationList(android.revocationList, download) }),
      },
    }),
    ...(ios && {
      ios: {
        anchors: anchorsOf(ios.roots ?? shipped.ios),
        appIds: ios.appIds,
        environments: ios.danger_development ? ['production', 'development'] : ['production'],
      },
    }),
  }
}

const shippedAt = (name: string) => join(import.meta.dirname, 'roots', name)

const shipped = {
  android: [shippedAt('google-key-attestation-rsa.pem'), shippedAt('google-key-attestation-ec.pem')],
  ios: [shippedAt('apple-app-attestation.pem')],
} as const

const anchorsOf = (sources: readonly string[], kind: Pick<Anchor, 'dangerous'> = {}): Anchor[] =>
  sources.flatMap((source) => certificatesOf(source) ?? []).map((certificate) => ({ certificate, ...kind }))

/** Undefined when there is none, or one of them cannot be read. */
function certificatesOf(source: string): X509Certificate[] | undefined {
  try {
    const text = source.includes('-----BEGIN') ? source : readFileSync(source, 'utf8')
    const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    return found.length > 0 ? found.map((one) => new X509Certificate(one)) : undefined
  } catch {
    return undefined
  }
}

// ── The list of revoked attestation keys ────────────────────────────────────────────────────────────────────────────

/** Google changes it every few days. */
const freshFor = hour
/** After a failure. */
const patience = minute
/** Longer without the list, nobody pairs: a chain whose keys may have been stolen proves nothing. */
const usableFor = 7 * day

const listSchema = z.object({ entries: z.record(z.string(), z.object({ status: z.string() })) })

/** Asked for when a phone pairs, not before; kept in between. Suspended counts as revoked. */
function revocationList(address: string, download: AttestationOptions['download']) {
  let kept: { serials: ReadonlySet<string>; at: Instant } | undefined
  let asked: { at: Instant; answer: Promise<void> } | undefined

  async function renew(now: Instant): Promise<void> {
    const body = await download(address).catch(() => undefined)
    const read = listSchema.safeParse(jsonOf(body))
    if (read.success) kept = { serials: new Set(Object.keys(read.data.entries).map(normal)), at: now }
  }

  return async (serials: readonly string[], now: Instant): Promise<boolean | 'unknown'> => {
    const isFresh = kept !== undefined && now - kept.at < freshFor
    if (!isFresh) {
      if (!asked || now - asked.at >= patience) asked = { at: now, answer: renew(now) }
      await asked.answer
    }
    if (!kept || now - kept.at >= usableFor) return 'unknown'
    const { serials: revoked } = kept
    return serials.some((serial) => revoked.has(serial))
  }
}

const normal = (serial: string) => serial.toLowerCase().replace(/^0+(?=.)/, '')

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
