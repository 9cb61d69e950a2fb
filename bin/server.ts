import { hostname } from 'node:os'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Readiness } from '../routes/probes.js'
import { publicApp } from '../routes/public-app.js'
import { createService, type Service } from '../routes/service.js'
import type { Config, Listen } from '../src/model/config.js'
import type { ProgressWatch } from '../src/state/progress-watch.js'
import { Comparisons } from './comparisons.js'
import type { PackedTexts } from './config-texts.js'
import { consoleFiles } from './console-files.js'
import { mostConnections } from './most-connections.js'
import type { RedisLink } from './redis-link.js'
import { placesFinder } from './route-places.js'

/** A burst of new connections waits here instead of being refused; the kernel may cap it (`net.core.somaxconn`). */
const BACKLOG = 4096

/** A server that listens; `close` takes no new connections and waits for what is in flight. */
export interface Server {
  readonly service: Service
  readonly comparisons: Comparisons
  /** Where the public listener is reached, for people. */
  readonly address: string
  /** Where the admin listener is reached; undefined while it is switched off. */
  readonly adminAddress: string | undefined
  close(): Promise<void>
}

interface StartOptions {
  readonly listen?: Listen
  readonly adminListen?: Listen
  /** Epoch milliseconds; default: the clock of this machine. */
  readonly now?: () => number
  /** How many lines of the log could not be written. */
  readonly linesDropped?: () => number
  /** The legs that must ring or be answered in time; default: by the clock of this machine. */
  readonly progress?: ProgressWatch
  /** Of the config; default: it cannot be compared with another. */
  readonly texts?: PackedTexts | undefined
}

/** Starts a server: resolves once both listeners accept connections, and throws when one of them cannot. */
export async function startServer(
  config: Config,
  log: Logger,
  { listen = config.listen, adminListen = config.admin?.listen, ...more }: StartOptions = {},
): Promise<Server> {
  const service = createService(config, log, { replica: hostname(), ...more })
  const comparisons = new Comparisons(service)
  const ready = () => readiness(service)
  const listeners: Listener[] = [
    { listen, makeApp: async () => publicApp(service, ready, mostConnections()) },
  ]
  if (adminListen)
    listeners.push({ listen: adminListen, makeApp: () => makeAdminApp(service, ready, comparisons) })
  const { apps, addresses } = await listenOnAll(listeners)
  const [address, adminAddress] = addresses as [string, string | undefined]
  const link = config.state ? await linkService(service, config.state) : undefined
  log.info(
    {
      address: listensOn(listen, address),
      adminAddress: adminListen && listensOn(adminListen, adminAddress!),
      revision: config.revision,
      routes: config.routes.size,
      endpoints: config.endpoints.size,
    },
    'listening',
  )
  if (config.insecureSkipSignature)
    log.warn('insecureSkipSignature is set: the signature of requests is not checked')
  return { service, comparisons, address, adminAddress, close: () => closeAll(apps, link) }
}

async function makeAdminApp(service: Service, ready: Readiness, comparing: Comparisons) {
  // loaded when calls are already answered, since they come first; without an admin listener never
  const { adminApp } = await import('../routes/admin-app.js')
  return adminApp(service, ready, { consoleFiles: consoleFiles(), placesOf: placesFinder(), comparing })
}

/** The address as the config has it, with the port that was given for port 0. */
function listensOn({ host }: Listen, reached: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}${reached.slice(reached.lastIndexOf(':'))}`
}

/** A replica that could not load a new config answers by its old one, so it stays ready. */
function readiness({ reload }: Service): ReturnType<Readiness> {
  if (reload.successful) return { ready: true, why: 'ok' }
  return { ready: true, why: `the config on disk was refused: ${reload.failure}` }
}

/** Calls do not wait until the link is up: until then the replica works alone, as it does when Redis does not answer. */
async function linkService(service: Service, url: string): Promise<RedisLink> {
  // the client of Redis takes longer to load than anything else: calls do not wait for it, and most configs have no `state`
  const { RedisLink } = await import('./redis-link.js')
  const { health, limits, rung, overrides, log } = service
  const tables = [health.failing, health.drains, limits.slots, rung.rows, overrides.rows]
  const link = new RedisLink(url, tables, log)
  service.shared = link
  link.start()
  return link
}

/** What will listen, and where. */
interface Listener {
  readonly listen: Listen
  makeApp(): Promise<FastifyInstance>
}

/** What listens, in the order in which it was opened. */
interface Opened {
  readonly apps: readonly FastifyInstance[]
  readonly addresses: readonly string[]
}

/** Listens on all or on none: a listener left behind would keep the process alive. */
async function listenOnAll(listeners: readonly Listener[]): Promise<Opened> {
  const apps: FastifyInstance[] = []
  const addresses: string[] = []
  try {
    for (const { listen, makeApp } of listeners) {
      const app = await makeApp()
      apps.push(app)
      addresses.push(await app.listen({ ...listen, backlog: BACKLOG }))
    }
    return { apps, addresses }
  } catch (error) {
    await closeAll(apps)
    throw error
  }
}

/** The admin listener goes after the public one: until then it shows how the stop proceeds. */
async function closeAll(apps: readonly FastifyInstance[], link?: RedisLink): Promise<void> {
  for (const app of apps) await app.close()
  await link?.close()
}
