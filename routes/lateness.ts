import type { FastifyInstance } from 'fastify'

const TICK_MS = 50

/** A process that is this late is working as hard as it can, and calls come first. */
const TOO_LATE_MS = 500

/**
 * Refuses requests while the event loop is late: Twilio gives a webhook 15 s and a caller hears silence meanwhile, so
 * whatever else there is to do can wait. Metrics are given all the same: then, more than ever, somebody looks at them.
 */
export function refuseWhenLate(app: FastifyInstance): void {
  let due = performance.now() + TICK_MS
  let lateBy = 0
  const timer = setInterval(function tick() {
    lateBy = performance.now() - due
    due = performance.now() + TICK_MS
  }, TICK_MS).unref()
  app.addHook('onClose', (_app, closed) => {
    clearInterval(timer)
    closed()
  })
  app.addHook('onRequest', (request, reply, next) => {
    if (lateBy < TOO_LATE_MS || request.routeOptions.url === '/metrics') return next()
    reply.code(503).header('retry-after', '1').send({ error: 'busy with calls, try again in a second' })
  })
}
