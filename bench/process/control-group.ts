import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where groups with a limit of memory are made: cgroup v2, or the controller of v1. */
const KINDS = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes' },
  { root: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak' },
]

/** A control group as a container has one, for one process. It needs root. */
export class ControlGroup {
  readonly #kind = KINDS.find(({ root }) => existsSync(join(root, 'cgroup.procs')))
  readonly #folder: string

  /** Undefined in `limit` is no limit; else bytes. Throws where no group can be made. */
  constructor(name: string, limit?: number) {
    if (!this.#kind) throw new Error('there are no control groups for memory here')
    this.#folder = join(this.#kind.root, `dialsip-bench-${process.pid}-${name}`)
    mkdirSync(this.#folder)
    if (limit !== undefined) writeFileSync(join(this.#folder, this.#kind.limit), String(limit))
  }

  /** The command line that runs another one in the group from its first page of memory on. */
  within(command: string, args: readonly string[]): [string, string[]] {
    const entered = `echo $$ > "${this.#folder}/cgroup.procs" && exec "$@"`
    return ['sh', ['-c', entered, 'sh', command, ...args]]
  }

  /** Bytes: the most that it held so far. */
  peak(): number {
    return Number(readFileSync(join(this.#folder, this.#kind!.peak), 'utf8'))
  }

  /** Once its process has ended. */
  remove(): void {
    rmdirSync(this.#folder)
  }
}
