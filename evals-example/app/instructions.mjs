// What the prompt asks for. The stand-in for the model follows exactly these instructions; take one out of the prompt,
// or say it in a way that means something else, and the answers change accordingly.

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

const number = (word) => {
  const index = NUMBERS.indexOf(word.toLowerCase())
  return index === -1 ? Number.parseInt(word, 10) : index
}

/** The list items of a Markdown text, each on one line. */
function listItems(markdown) {
  return markdown
    .replace(/\n[ \t]+(?=\S)(?![-*] )/g, ' ')
    .split('\n')
    .filter((line) => /^\s*[-*] /.test(line))
    .map((line) => line.replace(/^\s*[-*] /, ''))
}

/** `null` where the prompt sets no limit. */
function limit(items, unit) {
  const pattern = new RegExp(`(?:at most|no more than|up to|maximum of) (\\w+) (?:short )?${unit}`, 'i')
  const found = items.map((item) => pattern.exec(item)?.[1]).find((word) => word !== undefined)
  const value = found === undefined ? Number.NaN : number(found)
  return Number.isNaN(value) ? null : value
}

/** The page that the items about `topic` point to; `null` where they name none. */
function address(items, topic) {
  const found = items.filter((item) => topic.test(item)).map((item) => /\b[\w-]+\.example\/[\w/-]+/.exec(item)?.[0])
  return found.find((page) => page !== undefined) ?? null
}

export function readInstructions(prompt) {
  const items = listItems(prompt)
  const says = (pattern) => items.some((item) => pattern.test(item))
  return {
    prompt,
    customerLanguage: says(/\b(customer|question|user)('s| is written in| writes in)?\b.*\blanguage\b|\blanguage (of|in which) the (customer|question)/i),
    onlyArticles: says(/\bonly from the (help )?articles?\b/i),
    maxSentences: limit(items, 'sentences?'),
    maxWords: limit(items, 'words?'),
    deadline: says(/\bdeadline\b.*\bstate\b|\bstate\b.*\bdeadline\b/i),
    askOrderNumber: says(/\bask\b.*\border number\b/i),
    nameArticle: says(/\b(name|cite|quote|mention)\b.*\barticle\b/i),
    warm: says(/\b(warm|thank|friendly greeting|greet)\b/i),
    handOver: says(/\boffer\b.*\b(colleague|person|human)\b/i),
    protectPeople: says(/\b(never|do not|don't)\b.*\bpersonal data\b/i),
    promiseNothing: says(/\b(never|do not|don't)\b.*\bpromise\b/i),
    keepInstructions: says(/\b(never|do not|don't)\b.*\b(reveal|share|repeat)\b.*\binstructions\b/i),
    stayOnTopic: says(/\b(decline|refuse)\b.*\b(nothing to do with|unrelated|other topics)\b/i),
    contactOnDecline: address(items, /\b(decline|refuse)\b/i),
    contactIfNotCovered: address(items, /\bonly from\b/i),
  }
}
