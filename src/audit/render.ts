/** A verification as plain text, for a terminal or a mail. English, like every text for operators. */
import { toDate } from '../kernel/clock.ts'
import type { Finding, Verification } from './verify.ts'

export function renderVerification(result: Verification): string {
  const { leaves, intact, expired, unsealed, unsigned, heads, unreadableLines } = result
  const notes = [
    `${count(leaves, 'leaf', 'leaves')}: ${count(intact, 'fact')} intact, ${expired} expired.`,
    `${count(heads.outside, 'signed head')} outside the database, ${heads.database} inside.`,
    heads.outside === 0 && leaves > 0
      ? 'No head from outside was compared: somebody who rebuilt the whole tree and its heads would not be seen.'
      : undefined,
    unsealed > 0 ? `${count(unsealed, 'fact')} not sealed yet.` : undefined,
    unsigned > 0 ? `${count(unsigned, 'leaf', 'leaves')} above the last head that matches.` : undefined,
    unreadableLines > 0 ? `${count(unreadableLines, 'line')} of the files of heads could not be read.` : undefined,
  ]
  const verdict = result.ok ? 'The journal is intact.' : `The journal is NOT intact: ${count(result.found, 'finding')}.`
  const more = result.found - result.findings.length
  return [
    verdict,
    ...notes.filter((note) => note !== undefined),
    ...result.findings.map((finding) => `  ${renderFinding(finding)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
  ].join('\n')
}

function renderFinding(finding: Finding): string {
  switch (finding.kind) {
    case 'changed':
    case 'inserted':
    case 'reordered': {
      const name = finding.name === undefined ? '' : ` (${finding.name})`
      const at = finding.at === undefined ? '' : ` of ${dateOf(finding.at)}`
      return `${finding.kind}: fact ${finding.sequence}${name}${at}: ${finding.why}`
    }
    case 'removed':
      return `removed: ${finding.sequence === undefined ? 'a fact' : `fact ${finding.sequence}`} at place ${finding.index}: ${finding.why}`
    case 'head_mismatch':
      return `head_mismatch: ${finding.source}: ${count(finding.heads, 'head')} not of this tree; leaves ${finding.from} to ${finding.to - 1} are not all what was signed`
    case 'head_forged':
      return `head_forged: ${finding.source}: the head of size ${finding.size} was not signed by this hub`
    case 'head_missing':
      return `head_missing: no signed head for ${count(finding.leaves, 'leaf', 'leaves')}`
    case 'file_missing':
      return `file_missing: ${finding.source} is not there`
    case 'tree_damaged':
      return `tree_damaged: a stored node over the leaves ${finding.from} to ${finding.to - 1} is not their hash`
  }
}

function dateOf(at: number): string {
  const date = toDate(at)
  return Number.isNaN(date.getTime()) ? 'an impossible date' : date.toISOString()
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
