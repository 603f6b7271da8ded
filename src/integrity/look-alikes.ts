// Letters that look like others, as one: a text that is spelled with them is the same to a reader. Both texts that are compared are
// folded, so that what is really written in another script stays equal to itself. The table has the letters of Cyrillic, Greek,
// Armenian and Latin that pass for a to z; what only resembles them in some typeface is left out.

import { once } from '../once.ts'

const PAIRS = [
  ...[
    'аa',
    'вb',
    'сc',
    'ԁd',
    'еe',
    'ғf',
    'ԍg',
    'һh',
    'нh',
    'іi',
    'јj',
    'кk',
    'ӏl',
    'мm',
    'оo',
    'рp',
    'ԛq',
    'ѕs',
    'тt',
    'уy',
  ],
  ...['ѵv', 'ѡw', 'ԝw', 'хx', 'үy', 'зz'],
  ...['αa', 'βb', 'ϲc', 'εe', 'ηn', 'ιi', 'ϳj', 'κk', 'μm', 'νv', 'οo', 'ρp', 'τt', 'υu', 'χx', 'γy', 'ζz', 'ωw'],
  ...[
    'օo',
    'սu',
    'հh',
    'ոn',
    'ցg',
    'զq',
    'ɑa',
    'ɡg',
    'ıi',
    'ɩi',
    'ꞵb',
    'ꭎu',
    'ʋv',
    'ɴn',
    'ʀr',
    'ᴄc',
    'ᴏo',
    'ᴠv',
    'ᴡw',
    'ᴢz',
    'ꜱs',
  ],
]
const LATIN: ReadonlyMap<string, string> = new Map(PAIRS.map((pair) => [pair.slice(0, -1), pair.slice(-1)]))
const ALIKE = once(() => new RegExp(`[${[...LATIN.keys()].join('')}]`, 'gu'))

/** Characters that show nothing: joiners, variation selectors, soft hyphens, tags. */
const UNSEEN = once(() => /\p{Default_Ignorable_Code_Point}+/gu)
/** Accents of letters, which change no word for a reader who looks for it; in other scripts such marks are vowels. */
const ACCENTS = once(
  () => /([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{N}])[\p{Mn}\p{Me}]+/gu,
)

/** No letter has as many marks, and putting them in order takes the square of their number. */
const MARKS = once(() => /(\p{M}{30})\p{M}+/gu)

/** In small letters, without what is not seen; linear. */
export function folded(text: string): string {
  return text
    .replace(MARKS(), '$1')
    .normalize('NFKC')
    .replace(UNSEEN(), '')
    .normalize('NFKD')
    .replace(ACCENTS(), '$1')
    .normalize('NFC')
    .toLowerCase()
    .replace(ALIKE(), (letter) => LATIN.get(letter) ?? letter)
}
