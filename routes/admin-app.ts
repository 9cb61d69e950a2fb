import { timingSafeEqual } from 'node:crypto'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { calendarApi } from './admin/calendar.js'
import { callsApi } from './admin/calls.js'
import { compareApi } from './admin/compare.js'
import { configApi } from './admin/config.js'
import { consolePages } from './admin/console.js'
import { endpointsApi } from './admin/endpoints.js'
import { eventsApi } from './admin/events.js'
import { explainApi } from './admin/explain.js'
import { foreignReason } from './admin/foreign.js'
import { metricsApi } from './admin/metrics.js'
import { openapiApi } from './admin/openapi.js'
import type { Operation } from './admin/operation.js'
import { outcomesApi } from './admin/outcomes.js'
import { overridesApi } from './admin/overrides.js'
import { type AdminOptions, type AdminPlugin, adminOf } from './admin/plugin.js'
import { refusal } from './admin/read-request.js'
import { recentCallsApi } from './admin/recent-calls.js'
import { routesApi } from './admin/routes.js'
import { schedulesApi } from './admin/schedules.js'
import { statusApi } from './admin/status.js'
import { logError } from './best-effort.js'
import { Connections } from './connections.js'
import { shedLoad } from './load-shedding.js'
import { NO_SCHEMAS } from './no-schemas.js'
import { probes, type Readiness } from './probes.js'
import type { Service } from './service.js'

/** The name of an endpoint may be a SIP URI, of under 255 characters, encoded. */
const LIMITS = { bodyLimit: 64 * 1024, requestTimeout: 10_000, routerOptions: { maxParamLength: 1024 } }

const PLUGINS: readonly AdminPlugin[] = [
  configApi,
  callsApi,
  explainApi,
  calendarApi,
  schedulesApi,
  endpointsApi,
  outcomesApi,
  overridesApi,
  metricsApi,
  recentCallsApi,
  eventsApi,
  statusApi,
  routesApi,
  compareApi,
  openapiApi,
]

/** Operators, Prometheus and consoles; more would take files that calls need. */
const MOST_CONNECTIONS = 250

/** What the process brings in. */
type AdminEdge = Pick<AdminOptions, 'consoleFiles' | 'placesOf' | 'comparing'>

/**
 * The listener for operators: never for Twilio, and never open to the world without a token. Only the files of the
 * console are for anyone who reaches it: they are the same everywhere, and know nothing until they have the token.
 */
export function adminApp(
  service: Service,
  readiness: Readiness,
  { consoleFiles = new Map(), placesOf = nowhere, comparing }: Partial<AdminEdge> = {},
): FastifyInstance {
  const app = Fastify({
    ...NO_SCHEMAS,
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    ...LIMITS,
  })
  const connections = new Connections(app.server, MOST_CONNECTIONS)
  const operations: Operation[] = []
  const options: AdminOptions = { service, readiness, operations, consoleFiles, placesOf, comparing }
  app.addHook('onRoute', function describe({ config }) {
    if (config?.operation) operations.push(config.operation)
  })
  app.setErrorHandler<FastifyError>(function refuse(error, request, reply) {
    const status = error.statusCode ?? 500
    if (status >= 500)
      logError(service, 'admin', { err: error, path: request.routeOptions.url }, 'the admin API failed')
    reply.code(status).send({ error: status >= 500 ? 'internal error, see the log' : error.message })
  })
  takeJsonOnly(app)
  app.addHook('onRequest', function refuseForeign({ raw }, reply, next) {
    const reason = foreignReason(raw, adminOf(service).hosts)
    if (reason === undefined) return next()
    reply.code(403).send({ error: reason })
  })
  app.addHook('onRequest', function date(_request, reply, next) {
    // the console counts by the clock that decides, which is another than that of this machine in a demo
    reply.header('date', new Date(service.now()).toUTCString())
    next()
  })
  app.setNotFoundHandler({ preHandler: askForToken }, (request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url}` }),
  )
  app.register((guarded, _options, done) => {
    guarded.addHook('onRequest', askForToken)
    guarded.register(probes, options)
    guarded.register(api, options)
    done()
  })
  app.register(pages, options)
  return app

  function askForToken({ headers, raw }: FastifyRequest, reply: FastifyReply, next: () => void): void {
    if (isAllowed(headers.authorization, adminOf(service).tokens)) {
      connections.trust(raw.socket)
      next()
    } else
      reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'a bearer token of admin.tokens is needed' })
  }
}

const api: AdminPlugin = (app, options, done) => {
  shedLoad(app)
  for (const plugin of PLUGINS) app.register(plugin, options)
  done()
}

async function nowhere(): Promise<undefined> {}

const pages: AdminPlugin = (app, options, done) => {
  shedLoad(app)
  app.register(consolePages, options)
  done()
}

/**
 * A foreign web page can send forms and plain text, but JSON only to a server that allows it (CORS), which this one
 * does not.
 */
function takeJsonOnly(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('*', (_request, _body, done) =>
    done(refusal(415, 'the body of a request is JSON, with Content-Type: application/json')),
  )
}

/** Without tokens the listener is on loopback only (see `compile/settings.ts`), so anyone who reaches it may use it. */
function isAllowed(authorization: string | undefined, tokens: readonly string[]): boolean {
  if (tokens.length === 0) return true
  const given = Buffer.from(authorization?.replace(/^Bearer +/i, '') ?? '')
  return tokens.some((token) => equal(given, Buffer.from(token)))
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
