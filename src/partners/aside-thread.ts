/** What `aside.ts` has done on a thread of its own: one text, and the thread is over. */
import { parentPort, workerData } from 'node:worker_threads'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import { type Fault, readYaml } from './checked-yaml.ts'
import { type ExportOptions, exportPartners } from './export.ts'
import type { Published } from './plan.ts'

export type Asked = { work: 'export'; current: Published; options: ExportOptions } | { work: 'read'; source: string }

/** What an error is outside of its thread; anything but a `GarantError` ends the thread as it would end a call. */
export type Done = { result: unknown } | { error: ErrorName; inside: GarantError['inside'] }

export type ReadAside =
  | { ok: false; faults: Fault[] }
  /** Lines by the path to what stands there, as JSON. */
  | { ok: true; data: unknown; lines: ReadonlyMap<string, number> }

function read(source: string): ReadAside {
  const found = readYaml(source)
  return found.ok ? { ok: true, data: found.yaml.data, lines: found.yaml.allLines() } : found
}

function done(asked: Asked): Done {
  try {
    return { result: asked.work === 'read' ? read(asked.source) : exportPartners(asked.current, asked.options) }
  } catch (error) {
    if (!(error instanceof GarantError)) throw error
    return { error: error.error, inside: error.inside }
  }
}

parentPort?.postMessage(done(workerData as Asked))
