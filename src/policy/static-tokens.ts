// `policy.max_static_tokens`: what a prompt costs before any variable is put in, estimated.

import { estimateTokens } from '../cost/tokens.ts'
import type { Finding } from '../domain.ts'
import type { PolicyInput } from '../policy.ts'
import { type PromptText, promptName } from './prompt-texts.ts'

export function staticTokenFindings({ policy, prompts }: PolicyInput): readonly Finding[] {
  const limit = policy.maxStaticTokens
  if (limit === undefined) return []
  return prompts.flatMap((prompt): readonly Finding[] => {
    const { tokens } = estimateTokens(prompt.said, prompt.model)
    if (tokens <= limit.limit) return []
    return [
      {
        rule: 'policy-static-tokens',
        level: limit.level,
        evalSet: null,
        message: `${promptName(prompt)} has about ${tokens} tokens without its variables (${againstBase(prompt, tokens)}), more than policy.max_static_tokens (${limit.limit}).`,
        threshold: String(limit.limit),
        value: String(tokens),
        remedy: 'Shorten it, or move what only some cases need into a variable.',
        ...(prompt.evalSets.length === 0 ? {} : { evidence: prompt.evalSets }),
        place: { path: prompt.path, line: prompt.line },
      },
    ]
  })
}

function againstBase({ before, model }: PromptText, tokens: number): string {
  if (before === null) return 'the base has no such prompt'
  const delta = tokens - estimateTokens(before, model).tokens
  return delta === 0 ? 'as many as in the base' : `${delta > 0 ? '+' : ''}${delta} against the base`
}
