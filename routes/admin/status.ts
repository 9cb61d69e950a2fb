import { z } from 'zod'
import type { Service } from '../service.js'
import { reloadShown, reloadState, sharedState } from './config.js'
import { endpointState, statesOf } from './endpoints.js'
import { type Plain, serve } from './operation.js'
import { overrideShown, overrideState } from './overrides.js'
import type { AdminPlugin } from './plugin.js'
import { isoTime } from './until.js'

const signaturesState = z
  .object({
    accepted: z.int().describe('Good ones since the start'),
    first: z.iso.datetime().optional().describe('When the first good one came; missing before'),
    refused: z
      .array(
        z.object({
          reason: z.string().describe('See docs/signature.md'),
          count: z.int(),
          at: z.iso.datetime().describe('Of the last one'),
          path: z.string().describe('Of the last one'),
          says: z.string().describe('What is wrong, and what to do'),
        }),
      )
      .describe('Since the start, by their reason, the last one first'),
  })
  .describe('What came of the signatures of webhooks')

const statusAnswer = z
  .object({
    replica: z.string().describe('The name of its machine or pod'),
    startedAt: z.iso.datetime(),
    now: z.iso.datetime().describe('By the clock of this replica'),
    file: z.string().describe('The main file of the config'),
    revision: z.string().describe('Of the config that decides'),
    since: z.iso.datetime().describe('Since when it decides'),
    routes: z.int().describe('How many'),
    reload: reloadState,
    shared: sharedState,
    endpoints: z.int().describe('How many'),
    notUp: z.array(endpointState).describe('The endpoints that are not up'),
    overrides: z.array(overrideState).describe('The next to end first'),
    signatures: signaturesState,
    callsAMinute: z
      .array(z.int())
      .describe('Calls that began in each of the last sixty minutes, this one last'),
  })
  .meta({ id: 'Status' })

/** How a replica is, as the API and `dialsip status` show it. */
export type ServerStatus = Plain<z.output<typeof statusAnswer>>

/** `GET /api/status`: what an operator looks at first. */
export const statusApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/status',
      id: 'getStatus',
      tag: 'server',
      summary: 'How this replica is: its config, what is not up, what is set by hand, what was refused',
      answer: { description: 'All of it', schema: statusAnswer },
    },
    () => {
      const { active, reload, shared, overrides, replica, startedAt, callsAMinute } = service
      const { files, revision, routes, endpoints } = active.config
      const now = service.now()
      return {
        replica,
        startedAt: isoTime(startedAt),
        now: isoTime(now),
        file: files[0]!,
        revision,
        since: isoTime(reload.since),
        routes: routes.size,
        reload: reloadShown(reload),
        shared,
        endpoints: endpoints.size,
        notUp: statesOf([...endpoints.values()], service).filter(({ state }) => state !== 'up'),
        overrides: overrides.list(now).map(overrideShown),
        callsAMinute: callsAMinute.until(now).map(({ counts }) => counts[0]!),
        signatures: signaturesShown(service),
      }
    },
  )
  done()
}

/** What came of the signatures of webhooks since the start, with its times in ISO 8601. */
export function signaturesShown({ signatures }: Service): Plain<z.output<typeof signaturesState>> {
  const { accepted, firstAt, refused } = signatures
  return {
    accepted,
    first: isoTime(firstAt),
    refused: refused.map(({ at, ...rest }) => ({ ...rest, at: isoTime(at) })),
  }
}
