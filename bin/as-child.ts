import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/**
 * Runs this same command line as a child, and gives its exit code. For process 1 of a container: the kernel applies
 * no default actions of signals to it, and a handler of its own would only run when the work under way has ended.
 */
export async function runAsChild(): Promise<number> {
  const command = [...process.execArgv, ...process.argv.slice(1)]
  // a group of its own, so that a terminal's Ctrl-C does not reach it twice
  const child = spawn(process.execPath, command, { stdio: 'inherit', detached: true })
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal))
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return signal ? 128 + constants.signals[signal] : code!
}
