import { isKnown } from '../../src/calls/call-record.js'
import { detailOf, summaryOf } from '../../src/calls/recent-call.js'
import { checkQuery } from './body.js'
import type { AdminPlugin } from './plugin.js'

interface Query {
  /** How many at most; default: 100. */
  readonly limit?: string
  /** A part of the caller's or the called number. */
  readonly number?: string
}

/**
 * `GET /api/calls?limit=N&number=PART` lists the last calls of this replica, the latest first;
 * `GET /api/calls/recent/{callSid}` gives one with its webhooks, decisions and TwiML.
 */
export const recentCallsApi: AdminPlugin = (app, { service }, done) => {
  const { book } = service
  app.get<{ Querystring: Query }>('/api/calls', ({ query }, reply) => {
    checkQuery(query, ['limit', 'number'])
    const { limit = '100', number = '' } = query
    if (!/^\d{1,4}$/.test(limit)) return reply.code(400).send({ error: 'limit must be a number up to 9999' })
    const found = book
      .recent()
      .filter(isKnown)
      .filter(({ from, to }) => from.includes(number) || to.includes(number))
    return { calls: found.slice(0, Number(limit)).map(summaryOf) }
  })
  app.get<{ Params: { callSid: string } }>('/api/calls/recent/:callSid', ({ params }, reply) => {
    const record = book.find(params.callSid)
    if (record && isKnown(record))
      return detailOf(record, book.webhooksOf(record), book.secrets, service.active.config)
    return reply.code(404).send({ error: `${params.callSid} is not among the last calls of this replica` })
  })
  done()
}
