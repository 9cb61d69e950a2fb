import { main } from '../../bin/main.js'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs command lines in this process, with these variables, and gives what they wrote. */
export function runIn(env: Readonly<Record<string, string>>): (...args: string[]) => Promise<Ran> {
  return async function run(...args) {
    const written = { stdout: '', stderr: '' }
    const into = (name: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        written[name] += text
      },
    })
    const code = await main(args, { stdout: into('stdout'), stderr: into('stderr'), env })
    return { code, ...written }
  }
}

/** Runs a command line in this process without any variable. */
export const run = runIn({})

/** Runs a command line in this process with these variables. */
export function runWith(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return runIn(env)(...args)
}
