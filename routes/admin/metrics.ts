import { gaugesOf } from '../gauges.js'
import type { AdminPlugin } from './plugin.js'

/** `GET /metrics`: Prometheus' text format. Every metric is described in docs/metrics.md. */
export const metricsApi: AdminPlugin = (app, { service }, done) => {
  const { registry } = service.meters
  const gauges = gaugesOf(service)
  app.get('/metrics', async (_request, reply) => {
    reply.type(registry.contentType)
    return `${await registry.metrics()}\n${await gauges.metrics()}`
  })
  done()
}
