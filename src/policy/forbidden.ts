// `policy.forbidden_text`: what no prompt may contain. The finding says where and by which pattern, and never repeats the text.

import type { Finding } from '../domain.ts'
import type { PolicyInput } from '../policy.ts'
import { placeAt, promptName } from './prompt-texts.ts'

export function forbiddenFindings({ forbidden, prompts }: PolicyInput): readonly Finding[] {
  const found = new Map<string, Finding>()
  for (const prompt of prompts) {
    for (const part of prompt.parts) {
      for (const { pattern, find } of forbidden) {
        const at = find(part.text)
        if (at === null) continue
        const place = placeAt(part, at)
        const key = [pattern, place.path, place.line ?? ''].join('\0')
        if (found.has(key)) continue
        found.set(key, {
          rule: 'policy-forbidden-text',
          level: 'fail',
          evalSet: null,
          // What stands beside a prompt may stand in another file.
          message: `${part.line === null ? part.path : promptName(prompt)} contains text that policy.forbidden_text forbids (${JSON.stringify(pattern)}).`,
          threshold: pattern,
          value: '-',
          remedy: 'Take it out of the prompt.',
          place,
        })
      }
    }
  }
  return [...found.values()]
}
