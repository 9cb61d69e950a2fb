import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'
import { maskNumbers } from '../src/numbers/mask-numbers.js'
import { inBatches } from './batch.js'
import type { Io } from './io.js'
import { isoTime } from './iso-time.js'

/** How the log is kept. */
export interface LogSettings {
  readonly level: string
  /** Whether phone numbers lose all but their last three digits. */
  readonly maskNumbers?: boolean
}

export interface Log {
  readonly log: Logger
  /** Writes what waits; for the end of the process. */
  flush(): void
}

/** The log of the process, on stdout: JSON lines, or lines for people where a person reads along. */
export async function createLog({ level, maskNumbers = false }: LogSettings, io: Io): Promise<Log> {
  const options = optionsOf(level, maskNumbers)
  if (io.stdout.isTTY) return { log: pino(options, await prettyOutput(io)), flush() {} }
  const output = pino.destination({ fd: 1, sync: false, contentMode: 'buffer' })
  const batch = inBatches(output as unknown as { write(bytes: Buffer): void })
  return { log: pino(options, batch), flush }

  function flush(): void {
    batch.flush()
    output.flushSync()
  }
}

/** How lines look, wherever they go. */
export function optionsOf(level: string, masked: boolean): LoggerOptions {
  return {
    level,
    base: undefined,
    timestamp: isoTime(),
    formatters: { level: (label) => ({ level: label }) },
    ...(masked && { hooks: { streamWrite: maskNumbers } }),
  }
}

/** Loaded only where it is needed: it costs a start more than pino itself. */
async function prettyOutput({ stdout, env }: Io): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty')
  const pretty = prettyFactory({ colorize: !env.NO_COLOR, translateTime: 'SYS:HH:MM:ss.l' })
  return { write: (line) => stdout.write(pretty(line)) }
}
