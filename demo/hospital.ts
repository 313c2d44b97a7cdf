/**
 * The hospital of the town, which vouches for its staff by the gateway of its network: the gateway as data, its entry in
 * `partners.yaml`, and the homologation by which the owner of the prescriptions accepts it. Without that the service,
 * which is sensitive, would refuse it like every means that nobody recognised (R025).
 */
import type { Hub } from '../src/hub.ts'
import { toDate } from '../src/kernel/clock.ts'
import { demoKey } from './keys.ts'
import { originOf, type Ports } from './ports.ts'
import type { ProviderDefinition } from './providers/providers.ts'
import type { Brand } from './site.ts'

export const hospital = {
  id: 'hospital',
  name: { fr: 'Hôpital des Trois-Fontaines', en: 'Three Fountains Hospital', ar: 'مستشفى الينابيع الثلاثة' },
}

const brand: Brand = {
  name: { fr: 'Réseau de l’hôpital', en: 'Hospital network', ar: 'شبكة المستشفى' },
  tagline: {
    fr: 'Une connexion le matin, et le réseau répond de vous.',
    en: 'One sign-in in the morning, and the network vouches for you.',
    ar: 'دخول واحد في الصباح، والشبكة تشهد لك.',
  },
  colour: '#2f5233',
  paper: '#f3f7f2',
  font: 'sans',
  layout: 'card',
  mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="11" fill="#2f5233"/><path d="M9 39V20a15 12 0 0 1 30 0v19" fill="none" stroke="#fff" stroke-width="3.4"/><path d="M18 39V24a6 5 0 0 1 12 0v15" fill="none" stroke="#a9d18e" stroke-width="2.8"/><path d="M24 10v8M20 14h8" stroke="#ffd166" stroke-width="3" stroke-linecap="round"/></svg>',
}

export const gateway = {
  key: 'hospital',
  id: 'hospital-network',
  brand,
  hint: {
    fr: 'Le personnel connecté au réseau de l’hôpital',
    en: 'Staff connected to the network of the hospital',
    ar: 'الموظفون المتصلون بشبكة المستشفى',
  },
  usernameLabel: { fr: 'Identifiant du réseau', en: 'Network username', ar: 'معرّف الشبكة' },
  secondStep: {
    kind: 'code',
    amr: 'otp',
    device: { fr: 'Votre boîtier de l’hôpital', en: 'Your hospital device', ar: 'جهاز المستشفى الخاص بك' },
  },
} as const satisfies Partial<ProviderDefinition>

export function gatewayEntry(ports: Ports) {
  const { id, brand, hint } = gateway
  const origin = originOf(ports.hospital)
  return {
    id,
    name: brand.name,
    hint,
    logo: brand.mark,
    allowedLevels: ['eidas2'],
    population: 'professionals',
    helpUrl: `${origin}/help`,
    means: { class: 'homologated', amr: { pwd: ['password'], otp: ['totp'] } },
    connector: {
      kind: 'gateway',
      issuer: origin,
      address: `${origin}/assert`,
      jwks: { keys: [demoKey(id).publicJwk] },
      identity: 'professional',
    },
  }
}

/** The act of the owner of the prescriptions, once. From then on it is in the register of means, with its end. */
export async function homologateGateway({ register, clock }: Pick<Hub, 'register' | 'clock'>): Promise<void> {
  const entry = `provider/${gateway.id}`
  const known = (await register.entries()).find((one) => one.entry === entry)
  if (known && known.homologations.length > 0) return
  const recorded = await register.homologate(
    {
      entry,
      service: 'hospital-prescriptions',
      author: 'Direction des soins',
      riskAnalysis: 'AR-2026-07',
      decidedOn: toDate(clock.now()).toISOString().slice(0, 10),
    },
    { kind: 'command' },
  )
  if (!recorded.ok) throw new Error(`the hospital cannot homologate its network: ${recorded.reasons}`)
}
