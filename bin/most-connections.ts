import { readFileSync } from 'node:fs'

/** Each costs some 10 kB, and the proxies in front need a few hundred. */
const MOST = 15_000

/** Open files that are kept for other things than the public listener: the admin listener, Redis, the REST API, files. */
const OTHERS = 400

/**
 * How many connections the public listener may have open. Beyond `ulimit -n` the kernel would neither accept nor
 * close them, so we need a lower limit of our own.
 */
export function mostConnections(limits = '/proc/self/limits'): number {
  return Math.min(MOST, Math.max(OTHERS, openFiles(limits) - OTHERS))
}

/** Infinite without a limit, or where the system names none. */
function openFiles(limits: string): number {
  try {
    return Number(
      /^Max open files +(\d+) /m.exec(readFileSync(limits, 'utf8'))?.[1] ?? Number.POSITIVE_INFINITY,
    )
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
