/** A partners file for tests: data that a test changes, written as YAML. */
import { stringify } from 'yaml'

export interface SamplePartner {
  id: string
  name: Record<string, string>
  contacts?: Record<string, string>
  services?: Record<string, unknown>[]
  providers?: Record<string, unknown>[]
  [key: string]: unknown
}

export const named = (text: string) => ({ fr: `${text} (fr)`, en: `${text} (en)`, ar: `${text} (ar)` })

/** 43 characters, as 32 random bytes in base64url have; `seed` makes another one. */
export const strongSecret = (seed: string) => `${seed}-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH`.slice(0, 43)

export function sampleService(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: named(id),
    homepage: `https://${id}.example/`,
    redirectUris: [`https://${id}.example/callback`],
    secrets: [{ danger_plain: `secret-of-${id}` }],
    scopes: ['openid', 'given_name'],
    providers: 'all',
    ...changes,
  }
}

export function sampleProvider(
  id: string,
  changes: Record<string, unknown> = {},
  connector: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    id,
    name: named(id),
    connector: {
      kind: 'oidc',
      issuer: `https://${id}.example`,
      clientId: 'garant',
      clientSecret: { danger_plain: `client-secret-at-${id}` },
      scopes: ['openid', 'profile'],
      ...connector,
    },
    allowedLevels: ['eidas1'],
    ...changes,
  }
}

/** Two partners: one with two services of one sector, one with two providers. */
export function samplePartners(): { partners: [SamplePartner, SamplePartner] } {
  return {
    partners: [
      {
        id: 'health-insurance',
        name: named('Health insurance'),
        contacts: { security: 'security@health.example' },
        services: [
          sampleService('refunds', { sector: 'health.example' }),
          sampleService('invoices', { sector: 'health.example', providers: ['taxes', 'post'] }),
        ],
      },
      {
        id: 'state',
        name: named('State'),
        providers: [sampleProvider('taxes'), sampleProvider('post', { allowedLevels: ['eidas2', 'eidas1'] })],
      },
    ],
  }
}

export const toYaml = (data: unknown): string => stringify(data)
