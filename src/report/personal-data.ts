// Personal data that can be recognised by its form and, where there is one, by its check digits.
// Plain numbers, versions, dates, money and hashes must stay readable: every pattern asks for separators, a prefix or a checksum.

import { once } from '../once.ts'
import type { Shape } from './secret-shapes.ts'

export type CheckedShape = Shape & {
  /** Without it the text need not be searched: most texts have nothing. */
  readonly sign?: string
  readonly holds?: (match: string, before: string, after: string) => boolean
}

/**
 * Whole, or what a cut (`…`) has left of one. Letters are those of every script: a table that most texts, which have no sign of an
 * address, need not wait for.
 */
const eMail = once(
  () =>
    /(?<![\w.%+-])[\p{L}\p{N}_.%+-]{1,64}@(?:(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])|[\p{L}\p{N}.-]{0,253}(?=…))/gu,
)

export const PERSONAL_DATA: readonly CheckedShape[] = [
  {
    kind: 'e-mail',
    sign: '@',
    get pattern() {
      return eMail()
    },
  },
  {
    kind: 'IBAN',
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?![A-Za-z0-9])/g,
    holds: isIban,
  },
  {
    kind: 'card',
    pattern: /(?<![\d.-])(?:\d{13,19}|\d{4}(?:[ -]\d{4}){2}[ -]\d{1,7}|\d{4}[ -]\d{6}[ -]\d{4,5})(?![\d-]|\.\d)/g,
    holds: isCard,
  },
  { kind: 'SSN', sign: '-', pattern: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g },
  {
    kind: 'IP address',
    sign: '.',
    pattern: /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?![\w-]|\.\w)/g,
    holds: isIpv4,
  },
  {
    kind: 'IP address',
    sign: ':',
    pattern: /(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:%\w{1,16})?(?![\w:])/g,
    holds: isIpv6,
  },
  { kind: 'phone', sign: '+', pattern: /(?<![\w.+-])\+\d{1,3}(?:[ .()/-]{0,3}\d){7,12}(?![\w-])/g, holds: isPhone },
  {
    kind: 'phone',
    pattern:
      /(?<![\w.+-])(?:\(\d{2,5}\) ?|0\d{2,4}[ /-]|[2-9]\d{2}[-. ](?=\d{3}[-. ]\d{4}))\d{2,4}(?:[ ./-]?\d{2,4}){1,3}(?![\w-])/g,
    holds: isPhone,
  },
]

/** ISO 13616: moved to the end, letters as 10-35, the number is 1 modulo 97. */
function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, '')
  if (compact.length < 15 || compact.length > 34) return false
  const digits = (compact.slice(4) + compact.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  )
  let rest = 0
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97
  return rest === 1
}

/** ISO/IEC 7812: a known first digit and the Luhn check. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  return (
    digits.length >= 13 &&
    digits.length <= 19 &&
    /^(?:[3-6]|2[2-7])/.test(digits) &&
    !/^(\d)\1+$/.test(digits) &&
    luhn(digits)
  )
}

function luhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place])
    const weighted = place % 2 === 1 ? digit * 2 : digit
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

/** Four numbers up to 255 that no word like "version" precedes; loopback and unspecified say nothing about anyone. */
function isIpv4(text: string, before: string): boolean {
  const numbers = (text.split('/')[0] ?? '').split('.')
  if (numbers.some((number) => Number(number) > 255 || (number.length > 1 && number.startsWith('0')))) return false
  if (/(?:\bv(?:er(?:sion)?)?\.?|\bsection|\bchapter|§)\s{0,2}$/i.test(before)) return false
  return !/^(?:127\.|0\.0\.0\.0)/.test(text)
}

function isIpv6(text: string): boolean {
  const groups = (text.split('%')[0] ?? '').split(':')
  const compressed = text.includes('::')
  const digits = groups.join('')
  if (text.indexOf('::') !== text.lastIndexOf('::') || text.includes(':::')) return false
  if (compressed) return groups.length <= 8 && digits.length >= 4 && /^[23f]/i.test(text)
  return groups.length === 8 && groups.every((group) => group !== '')
}

/** Seven to fifteen digits (E.164) that are not a date. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  if (digits.length < 7 || digits.length > 15) return false
  return !/^\d{1,2}[ ./-]\d{1,2}[ ./-]\d{4}$|^\d{4}[ ./-]\d{2}[ ./-]\d{2}$/.test(text)
}
