import type { FastifyInstance } from 'fastify'
import type { Service } from './service.js'

/** What the orchestrator asks: whether the process lives, and whether it may get calls. */
export function probes(
  app: FastifyInstance,
  { service, readiness }: { service: Service; readiness: Readiness },
  done: () => void,
): void {
  app.get('/livez', (_request, reply) => reply.type('text/plain').send('ok\n'))
  app.get('/readyz', (_request, reply) => {
    const { ready, why } = readiness()
    return reply.code(ready ? 200 : 503).send({ ready, why, revision: service.active.config.revision })
  })
  done()
}

/** Whether this replica should get calls, and why not, or what is wrong all the same. */
export type Readiness = () => { readonly ready: boolean; readonly why: string }
