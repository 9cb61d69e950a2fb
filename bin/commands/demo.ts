import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Config } from '../../src/model/config.js'
import { load } from '../config-file.js'
import { demoCalls, placeCalls } from '../demo-calls.js'
import { type Command, complain, type ExitCode, type Io, UsageError } from '../io.js'
import { createLog } from '../log.js'
import { packageRoot } from '../package-root.js'
import { startServer } from '../server.js'
import { stopOnSignal } from './serve.js'

const EXAMPLE = join(packageRoot(), 'config', 'dialsip.yaml')

/** A Friday morning in Berlin, so that the office of the example is open whenever the demo runs. */
const DEMO_TIME = Date.parse('2026-11-20T10:00:00+01:00')

const DEMO_HOST = '127.0.0.1'

/** `dialsip demo`: the main job without account, number or SIP endpoint. */
export const demo: Command = {
  help: `dialsip demo [--port N] [--once]

Serves the shipped example on loopback with a throw-away token, places signed
calls at it, prints each TwiML and a failover step by step, and stays up.

  --port N   where it listens; 0: any free port; default: 8080
  --once     ends after the calls

  dialsip demo
`,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: { port: { type: 'string', default: '8080' }, once: { type: 'boolean', default: false } },
    })
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN
    if (!(port <= 65_535)) throw new UsageError(`--port: expected a port number, found "${values.port}"`)
    const token = randomBytes(16).toString('hex')
    // a test holds the example without errors; the environment of this machine has no say in it
    const { config } = load(EXAMPLE, { ...io, env: { TWILIO_AUTH_TOKEN: token } }, true)
    try {
      return await show(config!, token, port, values.once, io)
    } catch (error) {
      complain(io, `${(error as Error).message}; --port 0 takes any free port`)
      return 1
    }
  },
}

async function show(config: Config, token: string, port: number, once: boolean, io: Io): Promise<ExitCode> {
  const { log, flush } = await createLog({ level: 'error' }, io)
  const ahead = DEMO_TIME - Date.now()
  const server = await startServer(config, log, {
    listen: { host: DEMO_HOST, port },
    adminListen: { host: DEMO_HOST, port: 0 },
    now: () => Date.now() + ahead,
  })
  io.stdout.write(`dialsip serves ${EXAMPLE} on ${server.address}\n\n`)
  await placeCalls(
    { config, token, address: server.address, say: (text) => io.stdout.write(text) },
    demoCalls,
  )
  if (once) {
    await server.close()
    return 0
  }
  const { never } = stopOnSignal(Promise.resolve(server), log, flush)
  io.stdout.write('It stays up for calls of your own; Ctrl-C ends it.\n')
  return never
}
