// Whether a report.json is one: from another job it is as trustworthy as whoever could write the artifact.

import { Ajv } from 'ajv'
import reportSchema from '../../schema/report.schema.json' with { type: 'json' }
import { UserError } from '../errors.ts'
import type { Report } from './report.ts'

/** Throws a UserError that names the first key that is off. */
export function checkReport(value: unknown, path: string): Report {
  const validate = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile<Report>(reportSchema)
  if (validate(value)) return value
  const [error] = validate.errors ?? []
  throw new UserError({
    what: `this is no report that can be shown: ${error?.instancePath || 'it'} ${error?.message ?? 'is off'}.`,
    place: { path },
    expected: 'a report.json of this version',
    remedy: 'Use the version of Prompt Parity that wrote the report, and leave the file as it is.',
  })
}
