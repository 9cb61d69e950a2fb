import { main } from '../bin/main.js'

/** Runs a command line in this process, and gives what it wrote. */
export function run(...args: string[]) {
  return runIn({}, ...args)
}

/** The same with an environment. */
export async function runIn(env: Readonly<Record<string, string>>, ...args: string[]) {
  const written = { stdout: '', stderr: '' }
  const into = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text
    },
  })
  const code = await main(args, { stdout: into('stdout'), stderr: into('stderr'), env })
  return { code, ...written }
}
