// What can be told from the question alone: its language, and whether it asks for something that is not in any article.

const GERMAN = /[äöüß]|\b(ich|und|der|die|das|ist|nicht|wie|wann|kann|mein|meine|meinen|bitte|für|auf|ein|eine|mir|sie|ihr|ihre)\b/gi
const ENGLISH = /\b(i|and|the|is|not|how|when|can|my|please|for|on|a|an|me|you|your|do|what|where|it|to)\b/gi

const count = (text, pattern) => text.match(pattern)?.length ?? 0

const detectLanguage = (text) => (count(text, GERMAN) > count(text, ENGLISH) ? 'de' : 'en')

/** The first that matches decides. */
const SPECIAL = [
  ['instructions', /\b(system prompt|your (own )?(instructions|prompt|rules)|(deine|ihre) (anweisungen|regeln))\b/i],
  [
    'people',
    /\b(another|other) customer|\bander(en|er|e) kund|\b(neighbou?r|nachbar|ex-?(husband|wife|mann|frau))\w*\b.*\b(order|address|adresse|bestell\w*)|\b(address|phone number|adresse|telefonnummer)\b.*\b(courier|driver|fahrer|employee|mitarbeiter)/i,
  ],
  ['promise', /\b(promise|guarantee)\b|\bversprech\w*|\bgarantieren\b|\bgive me\b.*\bdiscount\b/i],
  ['offTopic', /\b(poem|weather|homework|election|football|share price|gedicht|wetter|hausaufgaben|wahl|fußball|aktie\w*)\b/i],
]

export function readQuestion(question) {
  return {
    language: detectLanguage(question),
    special: SPECIAL.find(([, pattern]) => pattern.test(question))?.[0] ?? null,
    /** "Bitte auf Deutsch": a customer who asks for a language gets it, whatever the prompt says. */
    asksForLanguage: /\b(auf|in) (deutsch|english|german|englisch)\b/i.test(question),
    asksForTime: /\b(how long|how many days|when|until|wie lange|wie viele tage|wann|frist)\b/i.test(question),
    ownOrder: /\bmy (own )?(order|parcel|package|delivery)\b|\bmeine (bestellung|lieferung|sendung)\b|\bmein paket\b/i.test(question),
    hasOrderNumber: /\bNL-\d+/.test(question),
  }
}
