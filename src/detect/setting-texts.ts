// What a setting's value says as it is written: a type says nothing, a field of a schema says its default.

import type { SettingName } from './setting-names.ts'

/** `number`, `Option<f32>`, `string[]`, `Sequence[Tool]`, `"low" | "high"`: what may be there. */
const TYPE =
  /^(?:\? : )?(?:number|string|bool(?:ean)?|int(?:eger)?\d*|float\d*|double|decimal|[fiu](?:8|16|32|64)|usize|str|any|object|unknown|interface \{ \}|\* ?(?:float|int)\d+|(?:Optional|Option|Sequence|List|list|Array|Vec|Iterable|Dict|dict|Record|Partial|Union|Literal|ReadonlyArray|Type|type) (?:<|\[).*[>\]])(?: ?(?:\[ \]|\?|[|] .*))?$/i
const NULLABLE =
  /^(?:NotRequired \[ )?[A-Z]\w*(?: \[.*\])? (?:\] )?\| (?:None|null|undefined)\b[^"\d]*$|^NotRequired \[/
const CHOICE = /^(?:\| )?"[^"]*"(?: \| (?:"[^"]*"|undefined|null))+$/
/** A field of a class or schema. */
const FIELD =
  /^(?:\w+ \. )*(?:Field|field|Column|mapped_column|Parameter|Argument|Option|CharField|FloatField|IntegerField) \( (.*) \)$/
const SCHEMA = /^(?:z|Joi|yup|v|t|s|Type|Schema) (?:\.|::) /
const DEFAULT = /(?:^|[{(, ])"?default(?:_?value)?"? ?(?:=|:|\() ?("(?:[^"\\]|\\.)*"|-?[\d_.]+|true|false|\[[^[\]]*\])/i

/** The value as far as it is sent; null where it says nothing of what is sent. */
export function effective(setting: SettingName, value: string): string | null {
  if (TYPE.test(value) || NULLABLE.test(value) || CHOICE.test(value)) return null
  const field = FIELD.exec(value)?.[1]
  if (field !== undefined) return DEFAULT.exec(field)?.[1] ?? /^(-?[\d_.]+|"[^"]*")(?= ,|$)/.exec(field)?.[1] ?? null
  if (SCHEMA.test(value)) return isShape(setting) ? value : (DEFAULT.exec(value)?.[1] ?? null)
  if (setting.scalar && /^[{[]|\{/.test(value))
    return /^\{.*"?type"? ?:/.test(value) ? (DEFAULT.exec(value)?.[1] ?? null) : null
  if (DESCRIBES.test(value)) return DEFAULT.exec(value)?.[1] ?? null
  return isPossible(setting, value) ? value : null
}
/** What a setting is, for whoever sets it. */
const DESCRIBES = /^\{(?=[^()[\]{}]*\btype"? : ")[^()[\]{}]*\b(?:label|description|title)"? : /

const isShape = ({ plain }: SettingName) => /schema|format|model|output|tools/.test(plain)

/** `1 if x > 0 else 0`, `x > 0 ? 1 : 0` */
const CHOOSES = / if .{1,200} else | \? .{1,200} : /

/** No temperature of a model is above two, nothing stops at a number, no limit is true or false. */
function isPossible({ plain, scalar }: SettingName, value: string): boolean {
  if (scalar && /^(?:true|false)$|(?<!-)[<>]|&&|\band\b/i.test(value) && !CHOOSES.test(value)) return false
  // Where in an answer something stands.
  if (plain === 'responseformat' && /^"\$/.test(value)) return false
  if (/^(?:dis)?allowedtools$|^activetools$/.test(plain)) return !value.startsWith('{')
  if (plain === 'outputtype') return !value.startsWith('"')
  const number = /^["']?(-?\d+(?:\.\d+)?)/.exec(value)?.[1]
  if (plain === 'temperature') return number === undefined || Number(number) <= 2
  // `functions: "Functions"` is a heading.
  if (/^(?:tools?|functions?)$/.test(plain)) return number === undefined && !/^"[A-Z]/.test(value)
  if (/^(?:stop|format)$/.test(plain)) return number === undefined
  return plain !== 'text' || /format|verbosity/.test(value)
}
