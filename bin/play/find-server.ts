import { pino } from 'pino'
import { filesRevision } from '../../src/config/config-source.js'
import { placeholderFor } from '../../src/config/substitute.js'
import type { Scenario } from '../../src/explain/scenario.js'
import type { Config } from '../../src/model/config.js'
import { complain, type Io, UsageError } from '../io.js'
import { LOOPBACK, startOwnServer } from './own-server.js'
import { runningServer } from './running-server.js'
import { signerOf, type TwilioSide } from './send.js'

/** What decides where a call is played. */
interface TriedCall {
  readonly config: Config
  readonly missed: readonly string[]
  readonly scenario: Scenario
}

/** What the command line says of it. */
interface Wished {
  readonly url?: string | undefined
  readonly at?: string | undefined
  readonly start: boolean
}

/** A server to play a call at; `close` ends one that was started for it. */
interface FoundServer {
  readonly side: TwilioSide
  close(): Promise<void>
}

/**
 * The server at `--url`, else the one that listens where the config says, else one that is started for the call. Throws
 * `UsageError` where a running server is asked for and the secret is not there.
 */
export async function findServer({ url, at, start }: Wished, asked: TriedCall, io: Io): Promise<FoundServer> {
  if (url !== undefined) {
    if (at !== undefined || start)
      throw new UsageError(`--url names a running server, so there is no ${start ? '--start' : '--at'}`)
    return serverAt(originOf(url), asked)
  }
  const running = at === undefined && !start ? await runningServer(asked.config) : undefined
  const missing = missingSecret(asked)
  if (!running || missing !== undefined) {
    if (running) complain(io, `${running.server} runs, but ${missing} is not set: another server is started`)
    return ownServer(asked)
  }
  if (!isSameRevision(running.revision, asked))
    complain(io, `${running.server} runs by another revision of the config than this file`)
  complain(io, `${running.server} counts this call in its health and metrics; --start spares it`)
  return serverAt(running.server, asked)
}

/** Without the secrets only the files can be compared. */
function isSameRevision(running: string, { config, missed }: TriedCall): boolean {
  if (missed.length > 0) return filesRevision(running) === filesRevision(config.revision)
  return running === config.revision
}

function originOf(url: string): string {
  if (/^https?:/i.test(url) && URL.canParse(url)) return new URL(url).origin
  throw new UsageError(`--url: "${url}" is not the URL of a server, such as http://127.0.0.1:8080`)
}

function serverAt(server: string, asked: TriedCall): FoundServer {
  const missing = missingSecret(asked)
  if (missing !== undefined)
    throw new UsageError(
      `${missing} is not set, and a running server takes only calls that are signed with it`,
    )
  const { config, scenario } = asked
  return {
    side: { config, server, signer: signerOf(config, scenario.call.accountSid) },
    close: async () => {},
  }
}

/** The reference of the secret that would sign, if it leads nowhere: `TWILIO_AUTH_TOKEN`. */
function missingSecret({ config, missed, scenario }: TriedCall): string | undefined {
  const secret = signerOf(config, scenario.call.accountSid)?.secret ?? ''
  const found = missed.find((reference) => secret.includes(placeholderFor(reference)))
  return found?.slice('${'.length, -1)
}

async function ownServer({ config, scenario }: TriedCall): Promise<FoundServer> {
  const ahead = scenario.now - Date.now()
  const server = await startOwnServer(config, pino({ level: 'silent' }), {
    listen: { host: LOOPBACK, port: 0 },
    now: () => Date.now() + ahead,
  })
  const signer = { secret: server.token }
  return { side: { config: server.config, server: server.address, signer }, close: () => server.close() }
}
