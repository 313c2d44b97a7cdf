/** The section `health` of `garant.yaml`: how closely providers are watched, and how soon something is said of them. */
import { z } from 'zod'
import { second } from '../kernel/durations.ts'
import type { BreakerSettings } from '../policy/breaker.ts'

const whole = (least: number, most: number) => z.int().min(least).max(most)

export const healthSchema = z
  .strictObject({
    probes: z.boolean().default(true),
    /** Half a minute is a load that no provider feels, and an outage is known within a minute. */
    probeSeconds: whole(5, 600).default(30),
    slowMilliseconds: whole(100, 10_000).default(3_000),
    /** The third one comes 20 seconds after the first: longer than a restart behind a load balancer. */
    failedProbes: whole(2, 10).default(3),
    failedNetworks: whole(2, 50).default(5),
    settleSeconds: whole(10, 3_600).default(60),
  })
  .prefault({})
export type HealthSettings = z.output<typeof healthSchema>

export const defaultHealth: HealthSettings = healthSchema.parse({})

export function breakerSettings({
  probeSeconds,
  failedProbes,
  failedNetworks,
  settleSeconds,
}: HealthSettings): BreakerSettings {
  return {
    interval: probeSeconds * second,
    failures: failedProbes,
    networks: failedNetworks,
    settle: settleSeconds * second,
  }
}
