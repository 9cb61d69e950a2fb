import { Server as NetServer, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Connections } from './connections.js'
import { NO_SCHEMAS } from './no-schemas.js'
import { probes, type Readiness } from './probes.js'
import { noteNotFound, readBeginning } from './refusals.js'
import type { Service } from './service.js'
import { twilio } from './twilio.js'

/** Twilio's requests have about 1 kB; a longer body is not one of them. */
const BODY_BYTES = 64 * 1024

/** Twilio gives up after 15 s, so a request that takes longer than this to arrive is not worth an answer. */
const REQUEST_MS = 10_000

/** Longer than the idle time of usual load balancers (60 s), so that they close first and lose no request. */
const KEEP_ALIVE_MS = 72_000

/** How often slow requests are looked for. Node's own 30 s would make a call wait up to 30 + 10. */
const CHECK_MS = 2_000

/** A connection on which nothing comes or goes for so long is dead. */
const DEAD_MS = 80_000

/** More connections than this are not kept; the process knows better how many files it may have open. */
const MOST_CONNECTIONS = 15_000

/**
 * How long a stop waits before it closes connections that are idle, if any is open: a busy one, idle for a moment, may
 * have the next webhook on its way. Meanwhile each answer asks its connection to close.
 */
const IDLE_GRACE_MS = 500

/** How long a stop waits for a slow request on a connection on which no signed webhook has come. */
const SLOW_REQUEST_MS = 3_000

/** So many turns of the event loop without a new connection mean that none waits: the first may end before the listener is looked at. */
const QUIET_TURNS = 3

/** What answers Twilio and the orchestrator; the process makes it listen. */
export function publicApp(
  service: Service,
  readiness: Readiness,
  mostConnections = MOST_CONNECTIONS,
): FastifyInstance {
  const app = Fastify({
    ...NO_SCHEMAS,
    logger: false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionTimeout: DEAD_MS,
    forceCloseConnections: 'idle',
    // a webhook that still comes in on an open connection while we stop is answered like any other
    return503OnClosing: false,
    http: {
      headersTimeout: REQUEST_MS,
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: CHECK_MS,
    },
    exposeHeadRoutes: false,
    // somebody who typed /voice/ into the Console is let in; the signature is checked as received all the same
    routerOptions: { ignoreTrailingSlash: true },
    frameworkErrors: function refuse(_error, request, reply) {
      noteNotFound(service, request as FastifyRequest)
      ;(reply as FastifyReply).code(400).send()
    },
    clientErrorHandler: refuseClient,
  })
  const connections = new Connections(app.server, mostConnections)
  app.addHook('preClose', () => stopAccepting(app.server, connections))
  app.addContentTypeParser('application/x-www-form-urlencoded', readBeginning)
  app.setNotFoundHandler(function refuse(request, reply) {
    noteNotFound(service, request)
    reply.code(404).send()
  })
  app.setErrorHandler(function refuse(_error, request, reply) {
    noteNotFound(service, request)
    reply.code(404).send()
  })
  app.addHook('onClose', async () => service.progress.stop())
  const { path } = service.active.config.publicUrl
  app.register(twilio, { prefix: path, service, connections })
  for (const prefix of new Set(['', path])) app.register(probes, { prefix, service, readiness })
  return app
}

/** Accepts no new connection, and closes each open one after its next answer. */
async function stopAccepting(server: NetServer, connections: Connections): Promise<void> {
  if (!server.listening) return
  await acceptWaiting(server)
  // of the listener alone: that of HTTP would cut off what is idle at once
  NetServer.prototype.close.call(server)
  await connections.allClosed(IDLE_GRACE_MS)
  connections.closeSilent()
  setTimeout(() => connections.closeStrangers(), SLOW_REQUEST_MS).unref()
}

/**
 * Accepts the connections that wait in the kernel. Their clients count them as open and may have sent a webhook already;
 * closing the listener would reset them. Node accepts one in each turn of the event loop.
 */
async function acceptWaiting(server: NetServer): Promise<void> {
  const end = performance.now() + IDLE_GRACE_MS
  let quietTurns = 0
  server.on('connection', () => {
    quietTurns = 0
  })
  while (quietTurns < QUIET_TURNS && performance.now() < end) {
    quietTurns += 1
    await nextTurn()
  }
}

/** What is not HTTP gets an answer without Fastify's JSON, and no work is done for it. */
function refuseClient(_error: Error, socket: Socket): void {
  if (socket.writable)
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  socket.destroySoon()
}
