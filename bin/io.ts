import { visible } from '../src/errors/visible.js'

/** What a command may use of its process: where it writes, its environment, and whether it writes to a terminal. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a person answers questions. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
}

interface Output {
  write(text: string | Uint8Array, done?: (error?: Error | null) => void): unknown
  readonly isTTY?: boolean
  readonly fd?: number
}

/** What a command gives back: 0 ok, 1 the answer is no, 2 wrong use. */
export type ExitCode = 0 | 1 | 2

/** A command of `dialsip`, given the arguments after its name. */
export interface Command {
  readonly help: string
  run(args: readonly string[], io: Io): Promise<ExitCode>
}

/** Wrong use: a line for stderr for each mistake, exit 2. */
export class UsageError extends Error {
  constructor(...mistakes: readonly string[]) {
    super(mistakes.map(visible).join('\ndialsip: '))
  }
}

/** A config that a command cannot use: one line for stderr, exit 2. */
export class UnusableConfig extends Error {}

/** The one file that a command takes as its argument, if it is given. */
export function onlyFile(command: string, [file, ...more]: readonly string[]): string | undefined {
  if (more.length > 0) throw new UsageError(`${command} takes one config`)
  return file
}

/** What is wrong, in one line for people. */
export function complain({ stderr }: Pick<Io, 'stderr'>, message: string): void {
  stderr.write(`dialsip: ${visible(message)}\n`)
}
