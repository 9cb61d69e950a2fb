import type { FastifyInstance } from 'fastify'

const TICK_MS = 50

/** A process that is this late, time after time, is working as hard as it can; once may be anything. */
const TOO_LATE_MS = 200
const TIMES = 3

/**
 * Refuses requests while the event loop is late: Twilio gives a webhook 15 s and a caller hears silence meanwhile, so
 * everything else can wait. Metrics are given all the same: they are needed most under load.
 */
export function shedLoad(app: FastifyInstance): void {
  let due = performance.now() + TICK_MS
  let timesLate = 0
  const timer = setInterval(function tick() {
    timesLate = performance.now() - due > TOO_LATE_MS ? timesLate + 1 : 0
    due = performance.now() + TICK_MS
  }, TICK_MS).unref()
  app.addHook('onClose', (_app, closed) => {
    clearInterval(timer)
    closed()
  })
  app.addHook('onRequest', (request, reply, next) => {
    if (timesLate < TIMES || request.routeOptions.url === '/metrics') return next()
    reply.code(503).header('retry-after', '1').send({ error: 'busy with calls, try again in a second' })
  })
}
