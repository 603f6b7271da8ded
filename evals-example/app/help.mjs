// The help centre and its search: BM25 over the articles, then over the sentences of those that were found.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import MiniSearch from 'minisearch'

const LANGUAGES = ['en', 'de']
const STOP_WORDS = new Set(
  `a an and are as at be but by can could did do does for from get has have how i if in into is it its me my of on or
  our so than that the their them then there this to up us was we were what when where which who why will with would
  you your not no just any also still already much many long after before
  aber alle als am an auch auf aus bei bin bis da das dass dem den der des die dies doch du ein eine einem einen einer
  es etwas für gibt habe haben hat ich ihr ihre ihrem ihren im in ist ja kann kein keine können man mein meine meinem
  meinen meiner mich mir mit nach nicht noch nur oder schon sein sich sie sind so um und uns von vor war was wann wenn
  wer werden wie wieder wir wird wo wollen zu zum zur möchte bitte welche welcher welches viel lange`.split(/\s+/),
)

/** Lower case without the common English and German endings, so that "refunds" finds "refund". */
function processTerm(term) {
  const word = term.toLowerCase()
  if (STOP_WORDS.has(word)) return null
  const stem = word.replace(/(ing|ungen|ung|ed|es|en|er|em|e|n|s)$/, '')
  return stem.length >= 4 ? stem : word
}

const options = { processTerm, searchOptions: { prefix: (term) => term.length >= 5, fuzzy: (term) => (term.length >= 7 ? 0.15 : false) } }

/** An article is one Markdown file: a title and one sentence per line, in the same order in every language. */
function readArticle(folder, language, name) {
  const lines = readFileSync(join(folder, language, name), 'utf8').split('\n').filter((line) => line.trim() !== '')
  const [heading = '', ...sentences] = lines
  return {
    id: `${language}/${name.replace(/\.md$/, '')}`,
    name,
    language,
    title: heading.replace(/^#\s*/, ''),
    sentences,
    text: lines.join('\n'),
  }
}

/** Reads and indexes the help centre once. Searches are by relevance, best first; ties keep the order of the files. */
export function openHelp(folder) {
  const articles = LANGUAGES.flatMap((language) =>
    readdirSync(join(folder, language)).filter((name) => name.endsWith('.md')).sort()
      .map((name) => readArticle(folder, language, name)),
  )
  const byId = new Map(articles.map((article) => [article.id, article]))
  const articleIndex = new MiniSearch({ ...options, fields: ['title', 'text'] })
  articleIndex.addAll(articles)
  const sentenceIndex = new MiniSearch({ ...options, fields: ['text'], storeFields: ['articleId', 'line'] })
  sentenceIndex.addAll(
    articles.flatMap(({ id, sentences }) => sentences.map((text, line) => ({ id: `${id}#${line}`, articleId: id, line, text }))),
  )
  const rounded = (score) => Math.round(score * 1000) / 1000
  return {
    search: (question, limit) =>
      articleIndex.search(question, { boost: { title: 2 } }).slice(0, limit)
        .map(({ id, score }) => ({ article: byId.get(id), score: rounded(score) })),
    sentences: (question, articleIds) =>
      sentenceIndex.search(question, { filter: ({ articleId }) => articleIds.includes(articleId) })
        .map(({ articleId, line, score }) => ({ articleId, line, score: rounded(score) })),
    /** The same article in another language: its sentences stand on the same lines. */
    translation: (article, language) => byId.get(`${language}/${article.name.replace(/\.md$/, '')}`) ?? article,
  }
}
