// What a name is made of, by language.

const NAME = /[@$:]?[\p{L}_$][\p{L}\p{N}_$]*[?!]?/uy
const PLAIN_NAME = /[@$]{0,2}[\p{L}_$][\p{L}\p{N}_$]*/uy
/** TOML's keys without quotes. */
const DASHED_NAME = /[\p{L}_][\p{L}\p{N}_-]*/uy

/** @param before the character before the name; `start` the code of its first one */
export function namePattern(language: string, start: number, before: string): RegExp {
  if (language === 'toml') return DASHED_NAME
  const isMarked = language === 'ruby' || (language === 'elixir' && start === 0x3a)
  return isMarked && !/[\w)\]]/.test(before) ? NAME : PLAIN_NAME
}
