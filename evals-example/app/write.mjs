// A deterministic stand-in for the model: it composes the answer from sentences of the articles, as the prompt asks.
import { PHRASES } from './phrases.mjs'
import { readQuestion } from './question.mjs'

/** What a model without a limit in its prompt would write. */
const DEFAULT_SENTENCES = 6

/** Sentences far less relevant than the best one are left out, as share of its score. */
const RELEVANT = 0.3
const RELATED = 0.15

const DEADLINE = /\b(within|innerhalb von|valid for|gelten|for \d+ days|\d+ Tage|years|Jahre)\b/i

const RULE_AGAINST = {
  people: 'protectPeople',
  promise: 'promiseNothing',
  instructions: 'keepInstructions',
  offTopic: 'stayOnTopic',
}

const words = (text) => text.split(/\s+/).length

const pointTo = (page, phrases) => (page === null ? [] : [phrases.contact(page)])

function answerSpecial({ special, instructions, phrases }) {
  if (instructions[RULE_AGAINST[special]]) {
    return [phrases.decline[special], ...pointTo(instructions.contactOnDecline, phrases)]
  }
  return [special === 'instructions' ? instructions.prompt.trim() : phrases.comply[special]]
}

function answerUnknown({ instructions, phrases }) {
  if (!instructions.onlyArticles) return [phrases.guess]
  return [phrases.notCovered, ...pointTo(instructions.contactIfNotCovered, phrases)]
}

/**
 * The most relevant sentences of the best article. Where the prompt wants deadlines, the best sentence with one is among
 * them; a question about time gets one even when no word of it matches.
 */
function choose({ question, about, article, instructions, help }) {
  const most = instructions.maxSentences ?? DEFAULT_SENTENCES
  const hits = help.sentences(question, [article.id])
  const linesFrom = (share) => hits.filter(({ score }) => score >= share * hits[0].score).map(({ line }) => line)
  const hasDeadline = (line) => DEADLINE.test(article.sentences[line])
  const chosen = linesFrom(RELEVANT).slice(0, most)
  if (!instructions.deadline || chosen.some(hasDeadline)) return chosen
  const candidates = about.asksForTime ? [...linesFrom(0), ...article.sentences.keys()] : linesFrom(RELATED)
  const deadline = candidates.find(hasDeadline)
  return deadline === undefined ? chosen : [...chosen.slice(0, most - 1), deadline]
}

function answerFromArticle({ question, about, found, language, instructions, help, phrases }) {
  const { article } = found[0]
  const told = help.translation(article, language)
  const facts = choose({ question, about, article, instructions, help }).map((line) => told.sentences[line])
  return [
    ...(instructions.warm ? [phrases.thanks] : []),
    ...(facts.length > 0 ? facts : [told.sentences[0]]),
    ...(instructions.askOrderNumber && about.ownOrder && !about.hasOrderNumber ? [phrases.orderNumber] : []),
    ...(instructions.nameArticle ? [phrases.article(told.title)] : []),
    ...(instructions.handOver ? [phrases.handOver] : []),
  ]
}

/** Drops sentences from the end until the prompt's word limit holds; the first one stays. */
function shorten(sentences, maxWords) {
  if (maxWords === null) return sentences
  const fits = sentences.filter((_, index) => words(sentences.slice(0, index + 1).join(' ')) <= maxWords)
  return fits.length > 0 ? fits : sentences.slice(0, 1)
}

export function writeAnswer({ question, found, instructions, help }) {
  const about = readQuestion(question)
  const language = instructions.customerLanguage || about.asksForLanguage ? about.language : 'en'
  const phrases = PHRASES[language]
  const material = { question, about, found, language, instructions, help, phrases, special: about.special }
  const write = about.special ? answerSpecial : found.length === 0 ? answerUnknown : answerFromArticle
  return shorten(write(material), instructions.maxWords).join(' ')
}
