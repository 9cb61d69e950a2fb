import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readScenario, type Scenario } from '../../src/explain/scenario.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { chooseFile } from '../choose-file.js'
import { type Command, complain, type ExitCode, type Io, onlyFile, UsageError } from '../io.js'
import { createLog } from '../log.js'
import { orWrongUse } from '../or-wrong-use.js'
import { packageRoot } from '../package-root.js'
import { callsOf, EXAMPLE_CALLS } from '../play/demo-calls.js'
import { DemoClock } from '../play/demo-clock.js'
import { invitation } from '../play/invitation.js'
import { loadForPlay } from '../play/load.js'
import { LOOPBACK, type OwnServer, startOwnServer } from '../play/own-server.js'
import { PAST_MS, playPast } from '../play/past-calls.js'
import { newSid } from '../play/send.js'
import { showCall } from '../play/show-call.js'
import { stopOnSignal } from './serve.js'

const EXAMPLE = join(packageRoot(), 'config', 'dialsip.yaml')

/** `dialsip demo`: the main job without account, number or SIP endpoint. */
export const demo: Command = {
  help: `dialsip demo [FILE] [--port N] [--once] [--twiml]

Serves the shipped example, or FILE, on loopback with a throw-away token, plays
signed calls through it, a failover among them, and stays up for calls of your
own. The calls of FILE are those of its tests, else one to each of its numbers.

  --port N            where it listens; 0: any free port; default: 8080
  --once              ends after the calls
  --twiml             shows every TwiML document
  -c, --config FILE   the config, if it is not the argument

  dialsip demo
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
    if (!(port <= 65_535)) throw new UsageError(`--port: expected a port number, found "${values.port}"`)
    const named = onlyFile('demo', positionals) ?? values.config
    const file = named === undefined ? EXAMPLE : chooseFile({ argument: named }, io)
    // the example does not depend on the environment of this machine
    const { config, texts } = loadForPlay(file, named === undefined ? { ...io, env: {} } : io)
    const calls = orWrongUse(() => imagined(named === undefined ? EXAMPLE_CALLS : callsOf(config), config))
    if (calls.length === 0) complain(io, `${file} has neither tests nor exact numbers to call`)
    return run({ config, texts, file, calls, port }, values, io)
  },
}

const OPTIONS = {
  port: { type: 'string', default: '8080' },
  once: { type: 'boolean', default: false },
  twiml: { type: 'boolean', default: false },
  config: { type: 'string', short: 'c' },
} as const

interface Demo extends Pick<ReturnType<typeof loadForPlay>, 'config' | 'texts'> {
  readonly file: string
  readonly calls: readonly ImaginedCall[]
  readonly port: number
}

interface ImaginedCall {
  readonly title: string
  readonly scenario: Scenario
}

function imagined(calls: typeof EXAMPLE_CALLS, config: Config): ImaginedCall[] {
  return calls.map(({ title, to, question }) => {
    const params = { ...question.params, CallSid: newSid('CA'), To: to }
    return { title, scenario: readScenario(config, { ...question, params }, Date.now(), ALL_UP) }
  })
}

async function run(
  demo: Demo,
  { once, twiml }: { readonly once: boolean; readonly twiml: boolean },
  io: Io,
): Promise<ExitCode> {
  const { log, flush } = await createLog({ level: 'error' }, io)
  const isExample = demo.file === EXAMPLE
  const clock = new DemoClock()
  const [first] = demo.calls
  if (isExample) clock.set(first!.scenario.now - PAST_MS)
  const server = await start(demo, { log, now: clock.now }, io)
  if (!server) return 1
  io.stdout.write(`dialsip serves ${demo.file} on ${server.address}\n\n`)
  if (isExample && !once) await playPast(server, clock, first!.scenario.now)
  await playCalls(server, { ...demo, isExample, clock, twiml }, io)
  // the office of the example stays open; else the clock is that of this machine again
  if (isExample) clock.catchUp()
  else clock.reset()
  if (once) {
    await server.close()
    return 0
  }
  const { never } = stopOnSignal(Promise.resolve(server), log, flush)
  io.stdout.write(invitation(server, demo.file, first?.scenario.call.to.text))
  return never
}

interface PlayedDemo extends Demo {
  readonly isExample: boolean
  readonly clock: DemoClock
  readonly twiml: boolean
}

/** Plays and shows the calls, each at a time of its own. */
async function playCalls(
  { config, address, token, service }: OwnServer,
  { calls, clock, isExample, twiml }: PlayedDemo,
  io: Io,
): Promise<void> {
  const side = {
    config,
    server: address,
    signer: { secret: token },
    ...(isExample && { before: clock.pass }),
  }
  for (const [at, { title, scenario }] of calls.entries()) {
    io.stdout.write(`${at + 1}. ${title}\n\n`)
    clock.set(scenario.now)
    await showCall(side, scenario, { twiml }, io)
    io.stdout.write('\n')
    // what one call says of an endpoint does not count for the next
    for (const name of config.endpoints.keys()) service.health.restore(name)
  }
}

/** Undefined where the port is taken. */
async function start(
  { config, texts, port }: Demo,
  { log, now }: { log: Parameters<typeof startOwnServer>[1]; now: () => number },
  io: Io,
): Promise<OwnServer | undefined> {
  try {
    const listen = { host: LOOPBACK, port }
    return await startOwnServer(config, log, { listen, adminListen: { host: LOOPBACK, port: 0 }, now, texts })
  } catch (error) {
    complain(io, `${(error as Error).message}; --port 0 takes any free port`)
    return undefined
  }
}
