import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { serve } from './admin/operation.js'
import type { Service } from './service.js'

const readinessAnswer = z
  .object({
    ready: z.boolean(),
    why: z.string().describe('Why it is not ready, or what is wrong all the same'),
    revision: z.string().describe('Of the config'),
  })
  .meta({ id: 'Readiness' })

/** What the orchestrator asks: whether the process lives, and whether it may get calls. */
export function probes(
  app: FastifyInstance,
  { service, readiness }: { service: Service; readiness: Readiness },
  done: () => void,
): void {
  serve(
    app,
    {
      method: 'GET',
      path: '/livez',
      id: 'getLiveness',
      tag: 'server',
      summary: 'Whether the process lives',
      answer: { description: 'It does', schema: z.string(), type: 'text/plain' },
    },
    (_asked, reply) => reply.type('text/plain').send('ok\n'),
  )
  serve(
    app,
    {
      method: 'GET',
      path: '/readyz',
      id: 'getReadiness',
      tag: 'server',
      summary: 'Whether this replica may get calls, and why not',
      answer: { description: 'It may', schema: readinessAnswer },
      errors: { 503: { description: 'It may not', schema: readinessAnswer } },
    },
    (_asked, reply) => {
      const { ready, why } = readiness()
      return reply.code(ready ? 200 : 503).send({ ready, why, revision: service.active.config.revision })
    },
  )
  done()
}

/** Whether this replica should get calls, and why not, or what is wrong all the same. */
export type Readiness = () => { readonly ready: boolean; readonly why: string }
