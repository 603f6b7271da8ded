// Texts come decoded as UTF-8. What was written as something else shows by what that leaves of it.

import type { Place } from '../domain.ts'
import { UserError } from '../errors.ts'

/** As editors and shells of Windows write it: every other byte is zero, with or without a mark before it. */
const UTF_16 = /^(?:\uFFFD\uFFFD)?[\s\S]?\0/

/** Throws a UserError where a text that begins like this is UTF-16. */
export function refuseUtf16(start: string, place: Place): void {
  if (!UTF_16.test(start)) return
  throw new UserError({
    what: 'the file is not UTF-8: it looks like UTF-16.',
    expected: 'a text file in UTF-8',
    remedy: 'Save it as UTF-8 (`iconv -f UTF-16 -t UTF-8`, or the encoding in the editor).',
    place,
  })
}

/** Where bytes are not UTF-8, as they are in Latin-1 from some letters on, their decoder leaves this. */
export const UNDECODED = '\uFFFD'
