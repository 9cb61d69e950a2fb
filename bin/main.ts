import { allowlist } from './commands/allowlist.js'
import { call } from './commands/call.js'
import { check } from './commands/check.js'
import { demo } from './commands/demo.js'
import { diff } from './commands/diff.js'
import { numbers } from './commands/numbers.js'
import { serve } from './commands/serve.js'
import { type Command, type ExitCode, type Io, UsageError } from './io.js'

const COMMANDS: Readonly<Record<string, Command>> = { serve, check, diff, demo, call, numbers, allowlist }

/** Runs one command line; every way out is an exit code. */
export async function main([name = '--help', ...args]: readonly string[], io: Io): Promise<ExitCode> {
  if (name === '--help' || name === 'help' || name === '-h') {
    io.stdout.write(overview())
    return 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) return wrongUse(io, `there is no command "${name}"; dialsip --help lists them`)
  if (args.includes('--help') || args.includes('-h')) {
    io.stdout.write(command.help)
    return 0
  }
  try {
    return await command.run(args, io)
  } catch (error) {
    if (error instanceof UsageError || isArgumentError(error))
      return wrongUse(io, `${(error as Error).message}; see dialsip ${name} --help`)
    throw error
  }
}

function wrongUse(io: Io, message: string): ExitCode {
  io.stderr.write(`dialsip: ${message}\n`)
  return 2
}

/** What `util.parseArgs` throws for an option that it does not know. */
function isArgumentError(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, command]) => `  ${name.padEnd(10)} ${command.says}`)
  return `dialsip: Twilio phone numbers in, your own SIP infrastructure out\n\n${lines.join('\n')}\n\ndialsip COMMAND --help shows options and an example\n`
}
