import { type Logger, pino } from 'pino'

/**
 * The log of the process: JSON lines on stdout, written in batches, since a write for every call would cost as much
 * as the call. What is waiting is written when the process ends.
 */
export function createLog(level: string): { log: Logger; flush: () => void } {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: 200 })
  const log = pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return { log, flush: () => destination.flushSync() }
}
