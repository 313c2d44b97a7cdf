/**
 * A house whose server can be closed while the town stands, and opened again: nobody listens on its port meanwhile. What
 * it remembered (sign-ins under way, sessions) is gone then, as after a crash.
 */

interface Server {
  close(): Promise<void>
}

export interface House extends Server {
  isOpen(): boolean
  open(): Promise<void>
}

/** Clicks that come while it moves take their turn; a second one of the same kind does nothing. */
export function createHouse(start: () => Promise<Server>): House {
  let server: Server | undefined
  let moving: Promise<void> = Promise.resolve()
  const next = (step: () => Promise<void>) => {
    moving = moving.catch(() => {}).then(step)
    return moving
  }
  return {
    isOpen: () => server !== undefined,
    open: () =>
      next(async () => {
        server ??= await start()
      }),
    close: () =>
      next(async () => {
        const standing = server
        server = undefined
        await standing?.close()
      }),
  }
}

/** Something of a house that is put out of order and back while its server goes on. */
export function createSwitch(inside: { stop?(): void; start?(): void } = {}): House {
  let isOn = true
  return {
    isOpen: () => isOn,
    open: async () => {
      isOn = true
      inside.start?.()
    },
    close: async () => {
      isOn = false
      inside.stop?.()
    },
  }
}
