import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text as readAll } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Test } from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { configSource } from '../../bin/config-file.js'
import { noteTexts, packTexts } from '../../bin/config-texts.js'
import { type Server, startServer } from '../../bin/server.js'
import { loadConfig } from '../../src/config/load.js'
import type { ProgressWatch } from '../../src/state/progress-watch.js'
import { ACCOUNT, TOKEN, webhook } from './build.js'

export const BASE = 'https://voice.example.com'

/** The head of a config that can really be served, any number of times on one machine. */
export const SERVED = `
publicUrl: ${BASE}
listen: 127.0.0.1:0
admin: { listen: "127.0.0.1:0" }
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }]
`

export const ENV = { TOKEN }

export interface Serving extends Server {
  readonly adminAddress: string
  readonly folder: string
  readonly file: string
  readonly lines: Record<string, unknown>[]
  /** What the first load has asked for. */
  readonly asked: readonly string[]
  post(target: string, params?: Record<string, string>): Promise<Reply>
  admin(path: string, init?: RequestInit): Promise<Response>
}

export interface Reply {
  readonly status: number
  readonly body: string
}

export function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'dialsip-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface ServeOptions {
  readonly folder?: string
  readonly now?: () => number
  /** As in the config. */
  readonly listen?: string
  /** Instead of the usual one. */
  readonly head?: string
  readonly progress?: ProgressWatch
}

/** Serves a config from a file, in this process, until the test ends. */
export async function serving(
  t: Test,
  yaml: string,
  { folder = folderOf(t), listen = '127.0.0.1:0', head = SERVED, ...options }: ServeOptions = {},
): Promise<Serving> {
  const file = join(folder, 'dialsip.yaml')
  writeFileSync(file, head.replace('127.0.0.1:0', listen) + yaml)
  const { source, texts } = noteTexts(configSource(ENV, false))
  const { config, asked } = loadConfig(file, source)
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) })
  const server = await startServer(config!, log, { ...options, texts: packTexts(texts) })
  // the next test does not wait for it: connections that are kept open take half a second
  t.teardown(() => void server.close())
  return {
    ...server,
    adminAddress: server.adminAddress!,
    folder,
    file,
    lines,
    asked,
    post: (target, params = webhook()) => post(server.address, target, params),
    admin: (path, init) => fetch(server.adminAddress + path, init),
  }
}

/** `fetch` takes twice as long for each request, and some tests place thousands. */
const agent = new Agent({ keepAlive: true })

/** A webhook as Twilio sends it: signed, and given up after 15 s. */
export async function post(address: string, target: string, params: Record<string, string>): Promise<Reply> {
  const body = new URLSearchParams(params).toString()
  const sent = request(address + target, {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': body.length,
      'x-twilio-signature': sdk.getExpectedTwilioSignature(TOKEN, BASE + target, params),
    },
    signal: AbortSignal.timeout(15_000),
  })
  sent.end(body)
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: await readAll(response) }
}

/** Writes a file that has not changed for two seconds, so that a load does not wait whether it changes again. */
export function writeSettled(file: string, text: string): void {
  writeFileSync(file, text)
  utimesSync(file, new Date(), new Date(Date.now() - 2_000))
}

export function isTwiml({ status, body }: Reply): boolean {
  return status === 200 && /^<\?xml version="1.0" encoding="UTF-8"\?><Response>.*<\/Response>$/s.test(body)
}

/** Calls that come in, one every few milliseconds and with nobody waiting for another, until `stop`. */
export function calls(ring: (callSid: string) => Promise<Reply>, everyMs = 20) {
  const placed: Promise<Reply | undefined>[] = []
  let slowest = 0
  const timer = setInterval(function next() {
    const since = performance.now()
    const callSid = `CA${String(placed.length).padStart(32, '0')}`
    const answer = ring(callSid).catch(() => undefined)
    placed.push(answer)
    void answer.then(() => {
      slowest = Math.max(slowest, performance.now() - since)
    })
  }, everyMs).unref()
  return async function stop() {
    clearInterval(timer)
    const replies = await Promise.all(placed)
    const lost = replies.filter((reply) => reply === undefined).length
    const wrong = replies.filter((reply) => reply && !isTwiml(reply))
    return { placed: placed.length, lost, wrong, slowest }
  }
}

/** Waits until something holds; fails the test when it does not within some seconds. */
export async function until(t: Test, what: string, holds: () => unknown, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms
  while (performance.now() < deadline) {
    if (await holds()) {
      t.pass(what)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  t.fail(`${what}: not in ${ms} ms`)
}

/** How a server is started, where that matters. */
interface Launch {
  /** What a shell does before: `ulimit -n 64`. */
  readonly before?: string
  /** Options of Node. */
  readonly node?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What the server waits for as long as a file may take, it waits for a second or two. */
  readonly impatient?: boolean
}

/**
 * The built server as a process of its own, once it listens; `stop` ends it as an orchestrator does, and says how.
 * It notes no coverage, which takes time.
 */
export async function built(
  t: Test,
  file: string,
  { before = ':', node = [], env = {}, impatient = false }: Launch = {},
) {
  const program = impatient ? 'dist/test/harness/impatient-server.js' : 'dist/bin/dialsip.js'
  const command = [process.execPath, ...node, program, 'serve', '-c', file]
  const child = spawn('sh', ['-c', `${before}; exec env NODE_OPTIONS= "$@"`, 'sh', ...command], {
    env: { PATH: process.env.PATH, ...ENV, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const lines: Record<string, unknown>[] = []
  const news = new EventEmitter()
  createInterface(child.stdout).on('line', function note(line) {
    lines.push(JSON.parse(line))
    news.emit('line')
  })
  const end = once(child, 'exit')
  let seen = 0
  const { address, adminAddress } = await logged(/^listening$/)
  return { address: String(address), adminAddress: String(adminAddress), child, lines, logged, ready, stop }

  /** The next line of the log that says this, among those after the one that was given last; 30 s are enough for it. */
  async function logged(message: RegExp): Promise<Record<string, unknown>> {
    const late = sleep(30_000, 'in time', { ref: false })
    for (;;) {
      while (seen < lines.length) {
        const line = lines[seen++]!
        if (message.test(String(line.msg))) return line
      }
      const without = await Promise.race([
        once(news, 'line').then(() => ''),
        late,
        end.then(() => 'to its end'),
      ])
      if (without)
        throw new Error(`${message} was not logged ${without}, but ${JSON.stringify(lines.at(-1))}`)
    }
  }

  /** What /readyz says. */
  async function ready(): Promise<{ ready: boolean; why: string }> {
    return (await fetch(`${address}/readyz`)).json() as Promise<{ ready: boolean; why: string }>
  }

  async function stop(): Promise<number | null> {
    child.kill('SIGTERM')
    const [code] = await end
    return code
  }
}
