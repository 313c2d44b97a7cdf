/**
 * Several test files in one process, one after the other, each a suite of its own name: its hooks are its own, and what it
 * mocked is put back before the next begins. They share what is the same for all of them, and took most of the time of a
 * small file: the start of Node, the modules, the compiled embedded database.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, describe, mock } from 'node:test'

const root = join(import.meta.dirname, '../..')
const load = createRequire(import.meta.url)

/**
 * @param files from the root of the project; nothing that they import waits at its top level
 * @param longest milliseconds for one file, and for one test of it
 */
export async function runFiles(files: readonly string[], longest: number): Promise<void> {
  for (const file of files) {
    const { promise: isOver, resolve: over } = Promise.withResolvers<void>()
    describe(file, { timeout: longest }, () => {
      try {
        // At once, not by `import`: what is loaded later does not know in which suite it is.
        load(join(root, file))
      } finally {
        after(() => {
          mock.reset()
          over()
        })
      }
    })
    // A file may take over the clock of the process when it is loaded: not before its turn.
    await isOver
  }
}
