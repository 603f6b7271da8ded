// The support assistant as a command target of Prompt Parity (protocol v1): one JSON object per line comes in,
// one line that starts with `PARITY ` goes out for each. `npm run build` bundles it into answer.cjs.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { openHelp } from './help.mjs'
import { readInstructions } from './instructions.mjs'
import { writeAnswer } from './write.mjs'

const config = JSON.parse(readFileSync('app/config.json', 'utf8'))
const prompt = readFileSync(config.prompt, 'utf8')
const instructions = readInstructions(prompt)
const help = openHelp(config.help)

/** About four characters make a token: near enough to see what a longer prompt or answer costs. */
const tokens = (text) => Math.ceil(text.length / 4)

const rounded = (ms) => Math.round(ms * 1000) / 1000

function answer({ id, vars, messages = [] }) {
  const question = vars?.question
  if (typeof question !== 'string' || question.trim() === '') return { id, error: 'vars.question is missing or empty' }
  const start = performance.now()
  const found = help.search(question, config.articles)
  const searched = performance.now()
  const output = writeAnswer({ question, found, instructions, help })
  const read = [prompt, ...messages.map((message) => message.content), ...found.map(({ article }) => article.text), question]
  return {
    id,
    output,
    usage: { input: tokens(read.join('\n\n')), output: tokens(output) },
    model: config.model,
    retrieved: found.map(({ article, score }) => ({ id: article.id, text: article.text, score })),
    timings: { retrieval: rounded(searched - start), inference: rounded(performance.now() - searched) },
  }
}

function answerLine(line) {
  let asked
  try {
    asked = JSON.parse(line)
    return answer(asked)
  } catch (error) {
    return { id: asked?.id ?? null, error: String(error.message ?? error) }
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line.trim() !== '') process.stdout.write(`PARITY ${JSON.stringify(answerLine(line))}\n`)
})
