import { type Logger, type LoggerOptions, pino } from 'pino'
import { callLogLine } from '../routes/call-log-line.js'
import { maskNumbers } from '../routes/mask-numbers.js'
import { visibleAll, visibleLine } from '../src/errors/visible.js'
import type { Io } from './io.js'
import { LogOutput, writerOf } from './log-output.js'

/** How the log is kept. */
interface LogSettings {
  readonly level: string
  /** Whether phone numbers lose all but their last three digits. */
  readonly maskNumbers?: boolean
}

interface Log {
  readonly log: Logger
  /** Writes what waits, where that is possible; for the end of the process. */
  flush(): Promise<void>
  /** How many lines were dropped since the start, because they could not be written. */
  dropped(): number
}

/** How long a line waits for others; a person who reads along does not. */
const [WAIT_MS, TERMINAL_WAIT_MS] = [200, 0]

/** The log of the process, on stdout: JSON lines; where a person reads along, a line a webhook and one for all else. */
export async function createLog({ level, maskNumbers = false }: LogSettings, io: Io): Promise<Log> {
  const { isTTY } = io.stdout
  const output = new LogOutput(
    writerOf(io.stdout),
    isTTY ? TERMINAL_WAIT_MS : WAIT_MS,
    function reportDropped(lines, reason) {
      log.error({ dropped: lines, reason }, 'the log can be written again; lines were dropped meanwhile')
    },
  )
  const log = pino(optionsOf(level, maskNumbers), isTTY ? await pretty(output, io) : output)
  return { log, flush: () => output.flush(), dropped: () => output.dropped }
}

/** How lines look, wherever they go. */
export function optionsOf(level: string, masked: boolean): LoggerOptions {
  return {
    level,
    base: undefined,
    timestamp: isoClock(),
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: masked ? (line) => visibleLine(maskNumbers(line)) : visibleLine },
  }
}

/** Loaded only where it is needed: it costs a start more than pino itself. */
async function pretty(output: LogOutput, { env }: Io): Promise<{ write(line: string): void }> {
  const { prettyFactory } = await import('pino-pretty')
  const format = prettyFactory({
    colorize: !env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
  })
  return {
    write(line) {
      const record = visibleRecord(line)
      output.write(callLogLine(record) ?? format(record))
    },
  }
}

/** The frames of a stack are lines of their own; what else breaks a line or colours it is somebody's value. */
function visibleRecord(line: string): LogRecord {
  const record: LogRecord = visibleAll(JSON.parse(line))
  const stack = record.err?.stack?.replaceAll(/\\n(?= {4}at )/g, '\n')
  return { ...record, ...(stack && { err: { ...record.err, stack } }) }
}

interface LogRecord extends Record<string, unknown> {
  readonly err?: { readonly stack?: string }
}

/**
 * pino's `timestamp` in ISO 8601. Within a second only the milliseconds change, so the rest is written once: a whole
 * date costs as much as all the other keys of a line.
 */
export function isoClock(now: () => number = Date.now): () => string {
  let second = Number.NaN
  let text = ''
  return function time() {
    const at = now()
    const current = Math.floor(at / 1000)
    if (current !== second) {
      second = current
      text = new Date(current * 1000).toISOString().slice(0, -'000Z'.length)
    }
    return `,"time":"${text}${String(at - current * 1000).padStart(3, '0')}Z"`
  }
}
