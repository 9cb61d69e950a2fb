import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { visible } from '../src/errors/visible.js'
import { type Command, type ExitCode, type Io, UsageError } from './io.js'
import { packageRoot } from './package-root.js'
import { UnusableConfig } from './unusable-config.js'

/** Each command, which is loaded when it is asked for: starting takes no longer than that one needs. */
const COMMANDS: Readonly<Record<string, Listed>> = {
  serve: {
    says: 'runs the server',
    load: async () => (await import('./commands/serve.js')).serve,
  },
  check: {
    says: 'prints every error and warning of a config',
    load: async () => (await import('./commands/check.js')).check,
  },
  explain: {
    says: 'shows why a call goes where it goes, with every TwiML',
    load: async () => (await import('./commands/explain.js')).explain,
  },
  test: {
    says: "runs the config's own tests and says what they cover",
    load: async () => (await import('./commands/test.js')).test,
  },
  diff: {
    says: 'says which calls two configs treat differently',
    load: async () => (await import('./commands/diff.js')).diff,
  },
  call: {
    says: 'places a call to a SIP endpoint',
    load: async () => (await import('./commands/call.js')).call,
  },
  numbers: {
    says: 'compares the numbers of the Twilio account with the config',
    load: async () => (await import('./commands/numbers.js')).numbers,
  },
  allowlist: {
    says: 'prints the Twilio addresses that your firewall must admit',
    load: async () => (await import('./commands/allowlist.js')).allowlist,
  },
  endpoints: {
    says: 'shows how the endpoints of a running server stand, drains and restores them',
    load: async () => (await import('./commands/endpoints.js')).endpoints,
  },
  override: {
    says: 'sets a schedule or a route of a running server to something else for a while',
    load: async () => (await import('./commands/override.js')).override,
  },
  schema: {
    says: 'prints the JSON Schema of the config, for editors',
    load: async () => (await import('./commands/schema.js')).schema,
  },
  demo: {
    says: 'serves the shipped example and places signed calls at it',
    load: async () => (await import('./commands/demo.js')).demo,
  },
}

interface Listed {
  readonly says: string
  load(): Promise<Command>
}

/** Runs one command line; every way out is an exit code. */
export async function main([name = '--help', ...args]: readonly string[], io: Io): Promise<ExitCode> {
  if (name === '--help' || name === 'help' || name === '-h') {
    io.stdout.write(overview())
    return 0
  }
  if (name === '--version' || name === '-v') {
    io.stdout.write(`${version()}\n`)
    return 0
  }
  const listed = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!listed) return wrongUse(io, `there is no command "${name}"; dialsip --help lists them`)
  const command = await listed.load()
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(command.help)
    return 0
  }
  try {
    return await command.run(args, io)
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error))
      return wrongUse(io, `${(error as Error).message}; see dialsip ${name} --help`)
    if (error instanceof UnusableConfig) return wrongUse(io, error.message)
    throw error
  }
}

function wrongUse(io: Io, message: string): ExitCode {
  io.stderr.write(`dialsip: ${message.split('\n').map(visible).join('\n')}\n`)
  return 2
}

function version(): string {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')).version
}

/** What `util.parseArgs` throws for an option that it does not know. */
function isArgumentError(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(10)} ${says}`)
  return `dialsip: Twilio phone numbers in, your own SIP infrastructure out\n\n${lines.join('\n')}\n\ndialsip COMMAND --help shows options and an example\n`
}
