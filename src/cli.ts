// The command line: argv → command → exit code. Twin of action.ts. What a command needs is loaded when it is called.

import { COMMANDS, type CommandName, usage } from './commands/usage.ts'
import { EXIT, UserError } from './errors.ts'
import { defectText, guarded } from './io/guarded.ts'
import { nearest } from './nearest.ts'

type Load = () => Promise<{ run(args: readonly string[]): Promise<number> }>

const LOADERS: { readonly [name in CommandName]: Load } = {
  run: inCheckout(() => import('./commands/run.ts')),
  detect: inCheckout(() => import('./commands/detect.ts')),
  log: () => import('./commands/log.ts'),
  drift: () => import('./commands/drift.ts'),
  validate: () => import('./commands/validate.ts'),
  noise: () => import('./commands/noise.ts'),
  judge: () => import('./commands/judge.ts'),
  render: () => import('./commands/render.ts'),
  verify: () => import('./commands/verify.ts'),
  init: () => import('./commands/init.ts'),
  demo: () => import('./commands/demo.ts'),
  candidates: () => import('./commands/candidates.ts'),
  ci: () => import('./commands/ci.ts'),
}

/** What is loaded takes as long as git's answer. */
function inCheckout(load: Load): Load {
  return async () => {
    const { lookAhead } = await import('./io/checkout.ts')
    lookAhead(process.cwd())
    return load()
  }
}

async function main(argv: readonly string[]): Promise<number> {
  const [name = '', ...args] = argv
  if (name === '' || name === '--help' || name === '-h' || name === 'help') return print(usage())
  if (name === '--version' || name === '-v') return print(`${process.env.PROMPT_PARITY_VERSION ?? 'source'}\n`)
  const command = COMMANDS.find((one) => one.name === name)
  if (command === undefined) {
    const near = nearest(
      name,
      COMMANDS.map((one) => one.name),
    )
    throw new UserError({
      what: `there is no command "${name.slice(0, 60)}".`,
      remedy: near === null ? 'See `prompt-parity --help`.' : `Did you mean \`${near}\`?`,
    })
  }
  if (args.includes('--help') || args.includes('-h')) return print(command.help)
  refuseGoneFolder()
  return (await LOADERS[command.name]()).run(args)
}

function refuseGoneFolder(): void {
  try {
    process.cwd()
  } catch {
    throw new UserError({
      what: 'the folder in which this was started is not there any more.',
      remedy: 'Change to one that is.',
    })
  }
}

function print(text: string): number {
  process.stdout.write(text)
  return EXIT.pass
}

guarded(
  async () => {
    process.exitCode = await main(process.argv.slice(2))
  },
  async (error) => {
    // A message may carry names and texts of the repository.
    const { logLines } = await import('./report/escape.ts')
    process.stderr.write(error instanceof UserError ? `error: ${logLines(error.message)}\n` : `${defectText(error)}\n`)
  },
)
