import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program that prints one line of JSON at its end, and gives that. */
export async function runJson<T>(command: string, args: readonly string[], env = process.env): Promise<T> {
  const { stdout } = await execute(command, args, { maxBuffer: 1 << 26, env })
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as T
}
