import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { adminApp } from '../routes/admin-app.js'
import type { Readiness } from '../routes/probes.js'
import { publicApp } from '../routes/public-app.js'
import { activate, type Service } from '../routes/service.js'
import { CallBook } from '../src/call/call-book.js'
import { Once } from '../src/call/once.js'
import type { Config, Listen } from '../src/config/config.js'
import { Health } from '../src/health/health.js'
import { Limits } from '../src/health/limits.js'
import { Overrides } from '../src/health/overrides.js'
import { decide } from '../src/routing/decide.js'
import { RedisLink } from './redis-link.js'

/** A burst of new connections waits here instead of being refused; the kernel may cap it (`net.core.somaxconn`). */
const BACKLOG = 4096

/** A server that listens; `close` takes no new connections and waits for what is in flight. */
export interface Server {
  readonly service: Service
  /** Where the public listener is reached, for people. */
  readonly address: string
  readonly adminAddress: string
  close(): Promise<void>
}

interface StartOptions {
  readonly listen?: Listen
  readonly adminListen?: Listen
  /** Epoch milliseconds; the clock of this machine unless told. */
  readonly now?: () => number
}

export async function startServer(
  config: Config,
  log: Logger,
  { listen = config.listen, adminListen = config.admin.listen, now = Date.now }: StartOptions = {},
): Promise<Server> {
  const [health, limits, overrides] = [new Health(), new Limits(), new Overrides()]
  const tables = [health.failing, health.drains, limits.slots, overrides.rows]
  const shared = config.state ? new RedisLink(config.state, tables, log) : undefined
  const service: Service = {
    active: activate(config),
    reload: {
      successful: true,
      failure: '',
      at: now(),
      since: now(),
      revision: config.revision,
      faults: [],
      needsRestart: [],
    },
    health,
    limits,
    overrides,
    book: new CallBook(),
    outcomes: new Once(),
    shared,
    log,
    now,
    decide,
  }
  const [open, admin] = [
    publicApp(service, () => readiness(service)),
    adminApp(service, () => readiness(service)),
  ]
  const adminAddress = await listenOn(admin, adminListen)
  const address = await listenOn(open, listen)
  shared?.start()
  log.info(
    {
      address,
      adminAddress,
      revision: config.revision,
      routes: config.routes.size,
      endpoints: config.endpoints.size,
    },
    'listening',
  )
  if (config.insecureSkipSignature)
    log.warn('insecureSkipSignature is set: the signature of requests is not checked')
  return { service, address, adminAddress, close: () => closeAll(open, admin, shared) }
}

/** A replica that could not load a new config answers by its old one, so it stays ready. */
function readiness({ reload }: Service): ReturnType<Readiness> {
  if (reload.successful) return { ready: true, why: 'ok' }
  return { ready: true, why: `the config on disk was refused: ${reload.failure}` }
}

/** The admin listener goes after the public one: until then it shows how the stop proceeds. */
async function closeAll(
  open: FastifyInstance,
  admin: FastifyInstance,
  shared: RedisLink | undefined,
): Promise<void> {
  await open.close()
  await admin.close()
  await shared?.close()
}

function listenOn(app: FastifyInstance, { host, port }: Listen): Promise<string> {
  return app.listen({ host, port, backlog: BACKLOG })
}
