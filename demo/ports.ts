/**
 * Which port each house of the town listens on. By default all are offsets from one base, so that `--port-base` moves
 * the town as a whole.
 */

const offsets = {
  hub: 0,
  employers: 1,
  refunds: 2,
  patients: 3,
  justice: 4,
  prescriptions: 5,
  /** The e-ID app, the cards on the table, and the reader of the desk. */
  phone: 80,
  mailbox: 90,
  smtp: 91,
  tax: 101,
  health: 102,
  postal: 103,
  soignants: 104,
  bank: 105,
  consular: 106,
  /** The gateway of the hospital's network. */
  hospital: 107,
  /** Of the certificates in the cards. */
  authority: 110,
  /** The federator's own authorization host: not the host of its issuer. */
  wallet: 114,
  /** Where the hub asks for a card by TLS. */
  cards: 443,
} as const

export type Place = keyof typeof offsets
export type Ports = Record<Place, number>

export const places = Object.keys(offsets) as Place[]

/** The town's ports above a base: 4000 gives the hub 4000, the first service 4001, the first provider 4101. */
export function portsFrom(base: number): Ports {
  return Object.fromEntries(places.map((place) => [place, base + offsets[place]])) as Ports
}

export function originOf(port: number): string {
  return `http://localhost:${port}`
}

/** Thrown when somebody else listens on a port of the town already. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken'
  readonly port: number

  constructor(port: number, options?: ErrorOptions) {
    super(`Port ${port} is taken by another program.`, options)
    this.port = port
  }
}

/** Turns the system's word for a taken port into ours; any other fault stays as it is. */
export function portFault(fault: unknown, port: number): unknown {
  return (fault as NodeJS.ErrnoException).code === 'EADDRINUSE' ? new PortTaken(port, { cause: fault }) : fault
}
