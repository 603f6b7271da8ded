// Texts that a source reads under a name that says prompt.

/** What is longer is no line that somebody wrote. */
const MAX_LINE = 300
const FILE = /(?<=["'`/])[^"'`/]+?\.txt/g
/**
 * `SYSTEM = Path(`, `const PROMPT: &str = include_str!(`, `prompt, err := os.ReadFile(`, `"system": open(`: the name that is given a
 * value says prompt, and no other name is given one before the file. What is called `System` or asks at a prompt gives no name.
 */
const GIVEN =
  /(?:system|prompt|instruction|persona|preamble)\w*["'`]?\]?(?:, *\w+)*\s*(?::[^=,;:]{1,40})?(?:=>|(?:\+|\|\||\?\?|:)?=|:)(?!:)(?:[^=;,]|,(?!\s*["'`]?[\w-]+["'`]?\s*:))*$/i
const SHELL = /\bos\.system\s*\(/

/** Names of the files, without their folders. */
export function promptTexts(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  if (!text.includes('.txt')) return found
  for (const line of text.split('\n')) {
    if (line.length > MAX_LINE || SHELL.test(line)) continue
    for (const { 0: name, index } of line.matchAll(FILE)) if (GIVEN.test(line.slice(0, index))) found.add(name)
  }
  return found
}
