/**
 * Long texts of partners' settings, written and read on another thread: a thousand services are a second of work in one
 * piece, and a hub that serves logins has no second to give. What is short is done here and now, which is sooner done
 * than a thread is started. What comes out is the same.
 */
import { Worker } from 'node:worker_threads'
import { GarantError } from '../kernel/errors.ts'
import type { Asked, Done, ReadAside } from './aside-thread.ts'
import { type Path, settingsInvalid } from './checked-yaml.ts'
import { type Exported, type ExportOptions, exportPartners } from './export.ts'
import { type FileOptions, parsePartnersFile, readPartners } from './file.ts'
import type { PartnersFile } from './partners.ts'
import type { Published } from './plan.ts'

/** Up to so many entries, or characters, a text takes less than starting a thread does. */
const [fewEntries, shortText] = [60, 32 * 1024]

/** As `exportPartners`. */
export async function exportAside(current: Published, options: ExportOptions): Promise<Exported> {
  const isShort = current.services.size + current.providers.size <= fewEntries
  return isShort ? exportPartners(current, options) : onThread<Exported>({ work: 'export', current, options })
}

/** As `parsePartnersFile`. */
export async function parseAside(source: string, options: FileOptions): Promise<PartnersFile> {
  if (source.length <= shortText) return parsePartnersFile(source, options)
  const { name = 'partners.yaml' } = options
  const read = await onThread<ReadAside>({ work: 'read', source })
  if (!read.ok) throw settingsInvalid(name, read.faults)
  const { data, lines } = read
  const { file, faults } = readPartners(data, { ...options, name, lineOf: (path) => lineIn(lines, path) })
  if (faults.length > 0) throw settingsInvalid(name, faults)
  return file
}

/** The line of what a path leads to, or of its nearest parent that is there. */
function lineIn(lines: ReadonlyMap<string, number>, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length--) {
    const line = lines.get(JSON.stringify(path.slice(0, length)))
    if (line !== undefined) return line
  }
  return undefined
}

function onThread<Result>(asked: Asked): Promise<Result> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./aside-thread.ts', import.meta.url), {
      workerData: asked,
      env: {},
      execArgv: [],
    })
    worker.once('message', (done: Done) => {
      if ('result' in done) resolve(done.result as Result)
      else reject(new GarantError(done.error, done.inside))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread for long texts ended with ${code}`)))
  })
}
