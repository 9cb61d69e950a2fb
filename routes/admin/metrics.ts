import { z } from 'zod'
import { gaugesOf } from '../gauges.js'
import { serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'

/** `GET /metrics`: Prometheus' text format. Every metric is described in docs/metrics.md. */
export const metricsApi: AdminPlugin = (app, { service }, done) => {
  const { registry } = service.meters
  const gauges = gaugesOf(service)
  serve(
    app,
    {
      method: 'GET',
      path: '/metrics',
      id: 'getMetrics',
      tag: 'server',
      summary: 'What is counted, for Prometheus (docs/metrics.md)',
      answer: { description: 'Text format 0.0.4', schema: z.string(), type: 'text/plain' },
    },
    async (_asked, reply) => {
      reply.type(registry.contentType)
      return `${await registry.metrics()}\n${await gauges.metrics()}`
    },
  )
  done()
}
