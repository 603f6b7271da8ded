// The validators of src/config/schemas.ts as code, which takes the place of that module in dist/: same schemas, same options.

import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import type { Plugin } from 'esbuild'
import { OPTIONS, REFERENCES, SCHEMAS } from '../src/config/schemas.ts'

/** An ES module with the one export of the module that it stands for. */
export function validatorsModule(): string {
  const ajv = new Ajv({ ...OPTIONS, code: { source: true, esm: true } }).addSchema(SCHEMAS)
  const names = Object.keys(REFERENCES).map((name) => [name, `validate_${name}`] as const)
  const exported = Object.fromEntries(
    Object.entries(REFERENCES).map(([name, reference]) => [`validate_${name}`, reference]),
  )
  const table = names.map(([name, variable]) => `${JSON.stringify(name)}: ${variable}`).join(', ')
  return `${standalone.default(ajv, exported)}\nconst validators = { ${table} }\nexport const validator = (name) => validators[name]\n`
}

export const compiledValidators: Plugin = {
  name: 'compiled-validators',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]config[\\/]schemas\.ts$/ }, async ({ path }) => {
      const { transform } = await import('esbuild')
      // Names too: generated code has nothing to read, and is a third smaller so.
      const { code } = await transform(validatorsModule(), { minify: true, format: 'esm', charset: 'utf8' })
      return { contents: code, loader: 'js', resolveDir: path.replace(/[\\/][^\\/]*$/, '') }
    })
  },
}
