import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { adminApp } from '../routes/admin-app.js'
import { publicApp } from '../routes/public-app.js'
import { activate, type Service } from '../routes/service.js'
import { CallBook } from '../src/call/call-book.js'
import type { Config, Listen } from '../src/config/config.js'
import { Health } from '../src/health/health.js'
import { decide } from '../src/routing/decide.js'

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
  const service: Service = {
    active: activate(config),
    health: new Health(),
    book: new CallBook(),
    log,
    now,
    decide,
  }
  const readiness = () => ({ ready: true, why: 'ok' })
  const [open, admin] = [publicApp(service, readiness), adminApp(service, readiness)]
  const [address, adminAddress] = await listenOnBoth([open, listen], [admin, adminListen])
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
  return { service, address, adminAddress, close: () => closeBoth(open, admin) }
}

/** Listens on both or on none: a listener left behind would keep the process alive. */
async function listenOnBoth(
  [open, listen]: readonly [FastifyInstance, Listen],
  [admin, adminListen]: readonly [FastifyInstance, Listen],
): Promise<[string, string]> {
  try {
    return [await listenOn(open, listen), await listenOn(admin, adminListen)]
  } catch (error) {
    await closeBoth(open, admin)
    throw error
  }
}

/** The admin listener goes last: until then it shows how the stop proceeds. */
async function closeBoth(open: FastifyInstance, admin: FastifyInstance): Promise<void> {
  await open.close()
  await admin.close()
}

function listenOn(app: FastifyInstance, { host, port }: Listen): Promise<string> {
  return app.listen({ host, port, backlog: BACKLOG })
}
