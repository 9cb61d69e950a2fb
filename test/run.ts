import { main } from '../bin/main.js'

/** Runs a command line in this process, and gives what it wrote. */
export async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' }
  const into = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text
    },
  })
  const code = await main(args, { stdout: into('stdout'), stderr: into('stderr'), env: {} })
  return { code, ...written }
}
