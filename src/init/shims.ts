// Applications behind a shim (docs/guides/applications.md): what is copied, and how it is started.

export type ShimName = 'python' | 'asgi' | 'express' | 'langchain'
type Shim = {
  readonly files: readonly string[]
  /** Where `--entry` is not given: to be replaced. */
  readonly entry: string
  readonly command: (entry: string) => readonly string[]
  /** Files whose change selects the set. */
  readonly paths: readonly string[]
}

const PYTHON = ['**/*.py']
const ROUTE = ['POST', '/answer', 'answer']

export const SHIMS: { readonly [name in ShimName]: Shim } = {
  python: {
    files: ['parity_function.py'],
    entry: 'app.answer:answer',
    command: (entry) => ['python', 'parity_function.py', entry],
    paths: PYTHON,
  },
  asgi: {
    files: ['parity_asgi.py', 'parity_function.py'],
    entry: 'app.main:app',
    command: (entry) => ['python', 'parity_asgi.py', entry, ...ROUTE],
    paths: PYTHON,
  },
  express: {
    files: ['parity-express.mjs'],
    entry: 'app/server.mjs',
    command: (entry) => ['node', 'parity-express.mjs', entry, ...ROUTE],
    paths: ['**/*.{js,mjs,cjs,ts}'],
  },
  langchain: {
    files: ['parity_langchain.py', 'parity_function.py'],
    entry: 'app.chain:chain',
    command: (entry) => ['python', 'parity_langchain.py', entry],
    paths: PYTHON,
  },
}
