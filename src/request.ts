/**
 * What the command line and whoever carries a command out say to one another: a request, what is written, an exit code.
 * It stands apart from the verbs, so that a command for a running hub reads nothing of what only the hub needs.
 */
import type { SecretReference } from './partners/file.ts'

/** Where a verb writes: what was asked for, and what the operator should know besides. */
export interface Out {
  line(text: string): void
  warn(text: string): void
  /** How far it is, some times a second at most; the next one takes its place. */
  progress?(text: string): void
}

export interface VerbRequest {
  verb: string
  args: Record<string, unknown>
}

/** The exit codes of `garant`, for `--help`. */
export const exits = {
  done: { code: 0, says: 'done, or nothing to do' },
  failed: { code: 1, says: 'it failed; the reason is on standard error' },
  usage: { code: 2, says: 'the command line is wrong' },
  refused: { code: 3, says: 'the settings, the partners file or an argument is refused; every fault is listed' },
  tampered: { code: 4, says: 'the journal does not verify' },
  unavailable: { code: 5, says: 'the database or the hub does not answer, or another process holds the data folder' },
} as const

/** How a reference is named among the secrets that are sent along. */
export function secretName(reference: SecretReference): string {
  return 'env' in reference ? `env ${reference.env}` : `file ${reference.file}`
}
