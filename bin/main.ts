import { didYouMean, suggest } from '../src/errors/suggest.js'
import { visible } from '../src/errors/visible.js'
import { type Command, type ExitCode, type Io, UnusableConfig, UsageError } from './io.js'
import { packageVersion } from './package-root.js'

/** Each command, which is loaded when it is asked for: starting takes no longer than that one needs. */
export const COMMANDS: Readonly<Record<string, Listed>> = {
  serve: {
    says: 'runs the server',
    load: async () => (await import('./commands/serve.js')).serve,
  },
  init: {
    says: 'writes a config for your own number',
    load: async () => (await import('./commands/init.js')).init,
  },
  check: {
    says: 'prints every error and warning of a config',
    load: async () => (await import('./commands/check.js')).check,
  },
  explain: {
    says: 'shows why a call goes where it goes, with every TwiML',
    load: async () => (await import('./commands/explain.js')).explain,
  },
  try: {
    says: 'plays a signed call through, as Twilio would',
    load: async () => (await import('./commands/try.js')).tryCall,
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
  import: {
    says: 'writes a config from a Twilio account, and says what needs you',
    load: async () => (await import('./commands/import.js')).importCommand,
  },
  export: {
    says: 'writes the config as a Twilio Function, for when no server answers',
    load: async () => (await import('./commands/export.js')).exportFunction,
  },
  compare: {
    says: 'asks your webhook of today and the config the same calls',
    load: async () => (await import('./commands/compare.js')).compare,
  },
  allowlist: {
    says: 'prints the Twilio addresses that your firewall must admit',
    load: async () => (await import('./commands/allowlist.js')).allowlist,
  },
  calls: {
    says: 'shows what the running server has just done, call by call',
    load: async () => (await import('./commands/calls.js')).calls,
  },
  status: {
    says: 'shows on one screen how the running server is',
    load: async () => (await import('./commands/status.js')).status,
  },
  endpoints: {
    says: 'shows, drains and restores the endpoints of a running server',
    load: async () => (await import('./commands/endpoints.js')).endpoints,
  },
  override: {
    says: 'sets a schedule or a route of a running server for a while',
    load: async () => (await import('./commands/override.js')).override,
  },
  health: {
    says: 'asks the running server whether it answers, for probes',
    load: async () => (await import('./commands/health.js')).health,
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

/** What is no command of its own, under each of its names. */
const WORDS: Readonly<Record<string, (io: Io) => void>> = {
  help: (io) => io.stdout.write(overview()),
  version: (io) => io.stdout.write(`${packageVersion()}\n`),
}

const OTHER_NAMES: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
}

/** Runs one command line; every way out is an exit code. */
export async function main([first = 'help', ...rest]: readonly string[], io: Io): Promise<ExitCode> {
  const given = Object.hasOwn(OTHER_NAMES, first) ? OTHER_NAMES[first]! : first
  const [name, args] = given === 'help' && rest[0] ? [rest[0], ['--help']] : [given, rest]
  if (Object.hasOwn(WORDS, name)) {
    WORDS[name]!(io)
    return 0
  }
  const listed = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!listed) return wrongUse(io, noCommand(name))
  const command = await listed.load()
  if (asksForHelp(args)) {
    io.stdout.write(command.help)
    return 0
  }
  try {
    return await command.run(args, io)
  } catch (error) {
    if (error instanceof UnusableConfig) return wrongUse(io, error.message)
    if (isArgumentError(error)) return wrongUse(io, `${argumentError(error, command)}; ${see(name)}`)
    if (error instanceof UsageError) return wrongUse(io, `${error.message}; ${see(name)}`)
    throw error
  }
}

/** What follows `--` is no option. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  return options.includes('--help') || options.includes('-h')
}

function noCommand(name: string): string {
  if (name.startsWith('-'))
    return `"${name}" is an option, and a command comes first; dialsip --help lists them`
  const meant = suggest(name, [...Object.keys(COMMANDS), ...Object.keys(WORDS)])
  return `there is no command "${name}"${didYouMean(meant) || '; dialsip --help lists them'}`
}

function see(name: string): string {
  return `see dialsip ${name} --help`
}

function wrongUse(io: Io, message: string): ExitCode {
  io.stderr.write(`dialsip: ${message.split('\n').map(visible).join('\n')}\n`)
  return 2
}

/** What `util.parseArgs` throws for a wrong option. */
function isArgumentError(error: unknown): error is Error & { code: string } {
  return String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
}

/** Every option of a command is in its help, so the help knows what was meant. */
function argumentError({ code, message }: Error & { code: string }, { help }: Command): string {
  const [, lacking] = /^Option '(.*) <value>' argument missing/.exec(message) ?? []
  if (lacking !== undefined) return `${lacking} needs a value`
  const [, option] = (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && /'(-[^']*)'/.exec(message)) || []
  if (option === undefined) return message.replace(/\.$/, '')
  const known = new Set(['--help', ...[...help.matchAll(/--[a-z][a-z-]*/g)].map(([found]) => found)])
  return `there is no option "${option}"${didYouMean(suggest(option, known)).replace(/\?$/, '')}`
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { says }]) => `  ${name.padEnd(10)} ${says}`)
  return `dialsip: Twilio phone numbers in, your own SIP infrastructure out

${lines.join('\n')}

dialsip help COMMAND, or dialsip COMMAND --help, shows options and an example:

  dialsip help explain
`
}
