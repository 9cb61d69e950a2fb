import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { TOKEN } from '../material/config.js'
import type { ControlGroup } from './control-group.js'
import { onCore, SERVER_CORE } from './place.js'

/** What a server runs in: this Node and no limit of memory, unless said here. */
export interface Launch {
  /** The path of another Node. */
  readonly node?: string
  readonly group?: ControlGroup
}

/** A server in a process of its own, on a core of its own, with its log in a file. */
export class Server {
  /** How many webhooks it was sent; the next load goes on from there. */
  sent = 0
  answered = 0
  port = 0
  readonly #child: ChildProcess
  readonly #log: string

  private constructor(
    readonly name: string,
    child: ChildProcess,
    log: string,
  ) {
    this.#child = child
    this.#log = log
  }

  /** Starts `node ARGS…` and waits until it listens. */
  static async start(
    name: string,
    folder: string,
    args: readonly string[],
    { node = process.execPath, group }: Launch = {},
  ): Promise<Server> {
    const log = join(folder, `${name}.log`)
    const output = openSync(log, 'a')
    const line = onCore(SERVER_CORE, node, args)
    const child = spawn(...(group ? group.within(...line) : line), {
      stdio: ['ignore', output, output],
      env: { ...process.env, TWILIO_AUTH_TOKEN: TOKEN },
    })
    closeSync(output)
    const server = new Server(name, child, log)
    server.port = Number(
      (await server.#logged(/(?:listening on |"address":")http:\/\/127\.0\.0\.1:(\d+)/))[1],
    )
    return server
  }

  /** Waits for a line of the log. */
  async #logged(pattern: RegExp, withinMs = 60_000): Promise<RegExpExecArray> {
    const end = Date.now() + withinMs
    while (Date.now() < end && !this.hasEnded) {
      const found = pattern.exec(readFileSync(this.#log, 'utf8'))
      if (found) return found
      await wait(20)
    }
    throw new Error(`${this.name} does not log ${pattern}: ${readFileSync(this.#log, 'utf8').slice(-500)}`)
  }

  /** Where the admin listener is, once the server listens. */
  async adminAddress(): Promise<string> {
    return (await this.#logged(/"adminAddress":"(http:[^"]+)"/))[1]!
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Bytes that it holds now. */
  resident(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024
  }

  /** Microseconds of CPU so far, of all threads. */
  cpu(): number {
    const tasks = `/proc/${this.#child.pid}/task`
    const nanoseconds = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
    )
    return nanoseconds.reduce((sum, one) => sum + one, 0) / 1000
  }

  /** How many lines were logged, once everything is written. */
  async linesLogged(): Promise<number> {
    let size = -1
    while (size !== statSync(this.#log).size) {
      size = statSync(this.#log).size
      await wait(500)
    }
    return countLines(this.#log)
  }

  /** Has the config loaded again, and gives the milliseconds that this took; throws when it is refused. */
  async reload(): Promise<number> {
    const start = performance.now()
    this.#child.kill('SIGHUP')
    const [line] = await this.#logged(/config reloaded|the new config was refused/)
    if (line !== 'config reloaded') throw new Error(`${this.name}: ${line}`)
    return performance.now() - start
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}

function countLines(file: string): number {
  const handle = openSync(file, 'r')
  const bytes = Buffer.alloc(1 << 20)
  let count = 0
  for (let length = readSync(handle, bytes); length > 0; length = readSync(handle, bytes)) {
    const read = bytes.subarray(0, length)
    for (let at = read.indexOf(LINE_FEED); at >= 0; at = read.indexOf(LINE_FEED, at + 1)) count += 1
  }
  closeSync(handle)
  return count
}

const LINE_FEED = 10
