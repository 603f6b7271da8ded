// The versions of a prompt in words, for a terminal.

import type { PromptLog } from '../log.ts'
import { cleanLine } from '../report/escape.ts'
import { formatPoints, plural } from '../report/numbers.ts'
import type { PromptVersion } from './record.ts'
import type { Recorded } from './recorded.ts'

export function logText(log: PromptLog): string {
  const { path, symbol, owner, deleted } = log.prompt
  const name = symbol === null ? path : `${path}#${symbol}`
  const count = `${plural(log.versions.filter((one) => one.status !== 'deleted').length, 'version')}${log.more ? ' shown' : ''}`
  const head = `${cleanLine(name)}: ${count}, ${owner === null ? 'no owner in CODEOWNERS' : `owner ${cleanLine(owner)}`}${deleted ? ', deleted' : ''}`
  return [head, ...uncommitted(log), ...log.versions.map((one) => versionText(one, log)), ...end(log)].join('\n\n')
}

function uncommitted({ uncommitted: one }: PromptLog): readonly string[] {
  return one === null ? [] : [`${one.hash}  not committed: the working tree says something else than the last version`]
}

function versionText(one: PromptVersion, log: PromptLog): string {
  const where =
    one.symbol === null ? one.path : `${one.path}#${one.symbol}${one.line === null ? '' : `, line ${one.line}`}`
  const pull = one.pullRequest === null ? 'no pull request' : `#${one.pullRequest}`
  const title = [one.hash ?? one.status, one.date.slice(0, 10), cleanLine(one.author), pull]
  if (one.status === 'created') title.push('created')
  const elsewhere = one.path !== log.prompt.path || one.symbol !== log.prompt.symbol
  const moved = one.movedTo === null ? [] : [`moved to ${cleanLine(one.movedTo)}`]
  const rows = [
    `${cleanLine(one.reason) || '(no reason)'}${FROM[one.reasonFrom]}`,
    `commit ${one.commit.slice(0, 12)}${elsewhere || one.symbol !== null ? ` in ${cleanLine(where)}` : ''}`,
    ...moved,
    ...(several(one) ? [`prompts of this name: ${one.otherHashes.join(', ')}`] : []),
    ...(one.status === 'deleted' ? [] : recordedText(one.recorded)),
    `back: ${one.back}`,
  ]
  return [title.join('  '), ...rows.map((row) => `    ${row}`)].join('\n')
}

/** Some functions of a file may have a prompt of the same name; `detect` prints each of those that changed. */
const several = ({ symbol, otherHashes }: PromptVersion) => symbol !== null && otherHashes.length > 1

const FROM = { 'front-matter': ' (front matter)', 'commit-line': ' (Prompt-reason)', subject: '' } as const

function recordedText(recorded: readonly Recorded[]): readonly string[] {
  if (recorded.length === 0) return ['score and cost not recorded']
  return recorded.map((one) => {
    const score = one.score === null ? 'score not recorded' : `score ${formatPoints(one.score)}`
    const cost = one.costUsd === null ? 'cost not recorded' : `$${one.costUsd} per request`
    const where = [one.evalSet, one.model, one.at?.slice(0, 10)].filter((part) => typeof part === 'string')
    return `${score}, ${cost}${where.length === 0 ? '' : ` (${cleanLine(where.join(', '))})`}`
  })
}

function end(log: PromptLog): readonly string[] {
  const { shallow, more, versions } = log
  if (more) return [`There are older versions: --limit ${versions.length * 2}.`]
  if (shallow === null) return []
  return [
    `This clone is shallow and ends at ${shallow.commit.slice(0, 12)}: older versions are not here. \`git fetch --unshallow\` brings them.`,
  ]
}
