import { z } from 'zod'
import { OUTCOME_CLASSES } from '../../src/call/outcome.js'
import { isKnown } from '../../src/calls/call-record.js'
import { callFilter, detailOf, summaryOf } from '../../src/calls/recent-call.js'
import { whole } from '../../src/schema/scalars.js'
import { NO_PROGRESS_RESULTS } from '../../src/state/progress-watch.js'
import { withLogLines } from './logged-call.js'
import { serve } from './operation.js'
import type { AdminPlugin } from './plugin.js'
import { refusal } from './read-request.js'

const hop = z
  .object({
    hop: z.string(),
    at: z.iso.datetime(),
    outcome: z.enum(OUTCOME_CLASSES).optional().describe('Missing while it rings'),
    code: z.int().optional().describe('The SIP response code'),
    seconds: z.number().optional(),
    noProgress: z
      .record(z.string(), z.enum(NO_PROGRESS_RESULTS))
      .optional()
      .describe(
        'By endpoint, what came of a leg of which nothing was heard in time; missing where there is none',
      ),
  })
  .meta({ id: 'RecentHop' })

const recentCall = z
  .object({
    callSid: z.string(),
    at: z.iso.datetime(),
    from: z.string(),
    to: z.string(),
    route: z.string(),
    rule: z.string(),
    hops: z.array(hop),
    outcome: z.string().optional().describe('What the call ended as; missing while it lasts'),
    seconds: z.number().optional(),
  })
  .meta({ id: 'RecentCall' })

const decision = z
  .object({
    route: z.string(),
    rule: z.string(),
    reason: z.string(),
    verbs: z.array(z.string()),
    hop: z.string().optional(),
    next: z.array(z.string()).optional().describe('The hops still to try'),
    outcome: z.string().optional().describe('The outcome that the decision follows'),
    skipped: z.array(z.object({ rule: z.string(), condition: z.string(), saw: z.string() })),
    passedOver: z.array(z.object({ hop: z.string(), why: z.string() })),
    notUp: z
      .record(z.string(), z.string())
      .optional()
      .describe('Endpoints of the dial that were not up, with their state'),
  })
  .meta({ id: 'DecisionNote' })

const logLine = z
  .object({
    json: z.record(z.string(), z.unknown()).describe('Numbers are not masked in it'),
    text: z
      .string()
      .optional()
      .describe('As a person at a terminal sees it; missing where that is in another line of the call'),
  })
  .meta({ id: 'LogLine' })

const webhook = z
  .object({
    at: z.iso.datetime(),
    path: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    status: z.int(),
    decision: decision.optional().describe('Missing where nothing is decided'),
    twiml: z.string().optional(),
    log: logLine.optional().describe('The line of the decision in the log'),
  })
  .meta({ id: 'RecentWebhook' })

const texts = z.array(z.string())

const writtenQuestion = z
  .object({
    to: z.string(),
    from: z.string(),
    account: z.string().optional(),
    at: z.iso.datetime(),
    params: z.record(z.string(), z.union([z.string(), texts])),
    outcomes: z.record(z.string(), z.string()),
    down: texts,
    drained: texts,
  })
  .meta({ id: 'WrittenQuestion' })

const recentCallDetail = recentCall
  .extend({
    webhooks: z.array(webhook),
    question: writtenQuestion.optional().describe('The call as a question to the config of now'),
    log: logLine.optional().describe('The line of the finished call in the log'),
    explain: z.string().optional().describe('The command that explains the call by the config of now'),
    test: z.string().optional().describe('The call as an entry of `tests:`, in YAML'),
  })
  .meta({ id: 'RecentCallDetail' })

const listQuery = z.strictObject({
  limit: whole(0, 9999).default(100).describe('How many at most; default: 100'),
  number: z.string('one text').default('').describe('A part of the caller’s or the called number'),
  outcome: z
    .string('one text')
    .optional()
    .describe(
      'An outcome class or SIP code of one of its hops, or what the call ended as: `noAnswer`, `503`, `reject`',
    ),
  route: z.string('one text').optional().describe('The route that decided; `default` for none'),
  endpoint: z.string('one text').optional().describe('An endpoint that rang'),
})

/** `GET /api/calls` lists the last calls of this replica, the latest first; `GET /api/calls/recent/{callSid}` gives one. */
export const recentCallsApi: AdminPlugin = (app, { service }, done) => {
  const { book } = service
  serve(
    app,
    {
      method: 'GET',
      path: '/api/calls',
      id: 'listRecentCalls',
      tag: 'server',
      summary: 'The last calls of this replica, the latest first',
      query: listQuery,
      answer: { description: 'The calls', schema: z.object({ calls: z.array(recentCall) }) },
    },
    ({ query: { limit, ...asked } }) => {
      const found = book.recent().filter(isKnown).filter(callFilter(asked))
      return { calls: found.slice(0, limit).map(summaryOf) }
    },
  )
  serve(
    app,
    {
      method: 'GET',
      path: '/api/calls/recent/:callSid',
      id: 'getRecentCall',
      tag: 'server',
      summary: 'One of the last calls with its webhooks, decisions and TwiML, without secrets',
      params: z.object({ callSid: z.string() }),
      answer: { description: 'The call', schema: recentCallDetail },
      errors: { 404: 'It is not among them' },
    },
    ({ params: { callSid } }) => {
      const record = book.find(callSid)
      if (!record || !isKnown(record))
        throw refusal(404, `${callSid} is not among the last calls of this replica`)
      const detail = detailOf(record, book.webhooksOf(record), book.secrets, service.active.config)
      return withLogLines(detail, service)
    },
  )
  done()
}
