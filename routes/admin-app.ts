import { timingSafeEqual } from 'node:crypto'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { callsApi } from './admin/calls.js'
import { configApi } from './admin/config.js'
import { endpointsApi } from './admin/endpoints.js'
import { explainApi } from './admin/explain.js'
import { metricsApi } from './admin/metrics.js'
import { openApi } from './admin/openapi.js'
import { overridesApi } from './admin/overrides.js'
import type { AdminOptions, AdminPlugin } from './admin/plugin.js'
import { recentCallsApi } from './admin/recent-calls.js'
import { logFault } from './beside.js'
import { refuseWhenLate } from './lateness.js'
import { probes, type Readiness } from './probes.js'
import type { Service } from './service.js'

/** The name of an endpoint may be a SIP URI, of under 255 characters, encoded. */
const LIMITS = { bodyLimit: 64 * 1024, requestTimeout: 10_000, routerOptions: { maxParamLength: 1024 } }

const PLUGINS: readonly AdminPlugin[] = [
  configApi,
  callsApi,
  explainApi,
  endpointsApi,
  overridesApi,
  metricsApi,
  recentCallsApi,
  openApi,
]

/** The listener for operators: never for Twilio, and never open to the world without a token. */
export function adminApp(service: Service, readiness: Readiness): FastifyInstance {
  const app = Fastify({ logger: false, exposeHeadRoutes: false, forceCloseConnections: true, ...LIMITS })
  const options: AdminOptions = { service, readiness }
  app.setErrorHandler<FastifyError>(function refuse(error, request, reply) {
    const status = error.statusCode ?? 500
    if (status >= 500)
      logFault(service, 'admin', { err: error, path: request.routeOptions.url }, 'the admin API failed')
    reply.code(status).send({ error: status >= 500 ? 'internal error, see the log' : error.message })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `there is no ${request.method} ${request.url}` }),
  )
  app.register(probes, options)
  app.register((api, _options, done) => {
    api.addHook('onRequest', (request, reply, next) => {
      if (isAllowed(request.headers.authorization, service)) return next()
      reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send({ error: 'a bearer token of admin.tokens is needed' })
    })
    refuseWhenLate(api)
    for (const plugin of PLUGINS) api.register(plugin, options)
    done()
  })
  return app
}

/** Without tokens the listener is on loopback only (see `compile/settings.ts`), so whoever reaches it may use it. */
function isAllowed(authorization: string | undefined, { active }: Service): boolean {
  const { tokens } = active.config.admin
  if (tokens.length === 0) return true
  const given = Buffer.from(authorization?.replace(/^Bearer +/i, '') ?? '')
  return tokens.some((token) => equal(given, Buffer.from(token)))
}

function equal(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
