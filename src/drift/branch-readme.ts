// README.md of the branch, for whoever finds it among the branches of a repository.

import { HISTORY_BRANCH } from './records.ts'

export function branchReadme(): string {
  return `# Drift history of Prompt Parity

This branch (\`${HISTORY_BRANCH}\`) is written by the scheduled runs of Prompt Parity and by merges to the default branch. It shares
no commit with the code. It holds scores, counts, prices and hashes; no prompt, no case and no answer of a model.

- \`index.html\`: the page to read, by GitHub Pages or from disk.
- \`registry.json\`: prompts with owner, version, reason, last score and cost.
- \`runs/YYYY-MM.jsonl\`: one record in each line, in the order in which they were written.
- \`history.json\`: the schema of the lines and their number.

Do not edit it by hand: a line that is missing is noticed and put back from what else is known. To start anew, delete
the branch, the ref \`refs/prompt-parity/history\` and the cached state of the workflows.
`
}
