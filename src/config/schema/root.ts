import { z } from 'zod'
import { type ActionsSource, actionsSchema } from '../../actions/schema.js'
import { dialShape } from '../../dial/dial.js'
import { endpointSchema } from '../../dial/endpoint.js'
import { dialSchema } from '../../dial/hop.js'
import { flag, hostName, listOf, mapOf, oneOf, text, url, whole } from '../../schema/scalars.js'
import { testSchema } from '../../schema/test-case.js'
import { accountNames, routeSchema, ruleSchema } from './route.js'

/** A Twilio account that may send webhooks, with every token that may have signed them. */
const accountSchema = z.strictObject(
  {
    sid: text('an account SID').describe('AC and 32 hexadecimal digits.'),
    authTokens: listOf(text('an auth token'), 'the auth token, or a list of them').describe(
      'The auth token; two while it is being rotated, and one more for each Twilio region.',
    ),
    sharedKeys: mapOf(text('the secret of a shared key'), 'a map of secrets by the id of their key')
      .optional()
      .describe('The shared keys that may sign webhooks in place of a token, by their ids at Twilio.'),
    name: text('a name').optional().describe('What logs call it; default: the SID.'),
    apiKey: text('an API key SID')
      .optional()
      .describe('The SID of an API key for the REST API; default: the first auth token.'),
    apiKeySecret: text('the secret of the API key').optional().describe('The secret of apiKey.'),
    enhancedSip: flag()
      .optional()
      .describe('Whether "Enhanced Programmable SIP Features" are enabled, which ring needs.'),
  },
  'an account with sid and authTokens',
)

const defaultsSchema = z.strictObject(
  {
    ...dialShape,
    account: accountNames().describe(
      'The accounts of routes that name none, and of the endpoints and actions that no route leads to.',
    ),
    get otherwise() {
      return actionsSchema.optional().describe('What happens when no hop answers.')
    },
  },
  'a map of dial attributes',
)

export interface DefaultsSource extends Record<string, unknown> {
  readonly account?: readonly string[]
  readonly otherwise?: ActionsSource
}

const expectedAdmin = 'off, or a map with listen, tokens and hosts'

const adminSchema = z.union(
  [
    z.literal('off', expectedAdmin),
    z.strictObject(
      {
        listen: text('host:port')
          .optional()
          .describe('Where the admin listener listens; default: 127.0.0.1:9090.'),
        tokens: listOf(text('a token'))
          .optional()
          .describe('Bearer tokens, each of at least 16 characters; needed on any address but loopback.'),
        hosts: listOf(hostName())
          .optional()
          .describe(
            'Names by which the listener may be called, other than localhost and the address it is reached at.',
          ),
      },
      expectedAdmin,
    ),
  ],
  expectedAdmin,
)

const loggingSchema = z.strictObject(
  {
    level: oneOf('debug', 'info', 'warn', 'error').optional().describe('How much is logged; default: info.'),
    maskNumbers: flag()
      .optional()
      .describe('Whether phone numbers in the log lose all but their last three digits.'),
  },
  'a map with level and maskNumbers',
)

const twilioSchema = z.strictObject(
  {
    apiBaseUrl: url()
      .optional()
      .describe('Where the REST API is reached, instead of https://api.twilio.com; a mock, say.'),
    edge: text('a Twilio edge')
      .optional()
      .describe('The edge by which the REST API is reached; default: that of the region.'),
    region: text('a Twilio region')
      .optional()
      .describe('The region in which the REST API works: us1, ie1, au1 or jp1.'),
    voiceFallbackUrl: url()
      .optional()
      .describe('What `dialsip numbers` sets as the voice fallback URL; default: left alone.'),
    retries: text('overrides such as rc=2&rp=ct,rt,5xx, or none')
      .optional()
      .describe('What `dialsip numbers` sets behind the # of the voice URL; none for nothing.'),
  },
  'a map with apiBaseUrl, edge, region, voiceFallbackUrl and retries',
)

const outboundSchema = z.strictObject(
  {
    cps: whole(1, 1000, 'calls a second')
      .optional()
      .describe('Outbound calls a second and account; more wait in line. Default: 1, as at Twilio.'),
    from: text('a caller id').optional().describe('The caller id of outbound calls that name none.'),
  },
  'a map with cps and from',
)

const closing = z.union(
  [
    text('a date, a range, a yearly date or an .ics file'),
    z.strictObject({
      schedule: text('the name of a schedule').describe(
        'Another schedule, whose closed dates hold here too.',
      ),
    }),
  ],
  'a date, a range, a yearly date, an .ics file, or { schedule: NAME }',
)

const expectedOpen = 'days and times such as mon-fri 09:00-18:00'

export const scheduleSchema = z.strictObject(
  {
    timezone: text('an IANA time zone').describe('The IANA name of the time zone, such as Europe/Berlin.'),
    open: listOf(text(expectedOpen), expectedOpen).describe('When it is open, in local time.'),
    closed: listOf(closing).optional().describe('Dates on which it is closed all the same.'),
  },
  'a schedule with timezone and open',
)

/** Keys that are in the main file only. */
export const settingsShape = {
  publicUrl: text('the URL that Twilio calls').describe(
    'What Twilio calls, without /voice at its end; it may have a path. Signatures are checked against it.',
  ),
  listen: text('host:port').optional().describe('Where the public listener listens; default: 0.0.0.0:8080.'),
  admin: adminSchema.optional().describe('The admin listener; off for none.'),
  insecureSkipSignature: flag().optional().describe('Take every request for one of Twilio’s. Loopback only.'),
  state: text('memory, or the URL of a Redis')
    .optional()
    .describe(
      'Where replicas share ejections, drains, limits, overrides and what rang: redis://host:port; default: memory.',
    ),
  accounts: listOf(accountSchema, 'the accounts, each with sid and authTokens').describe(
    'The Twilio accounts whose webhooks are answered.',
  ),
  defaults: defaultsSchema.optional().describe('Attributes of every dial.'),
  rules: z
    .array(ruleSchema, 'a list of rules')
    .min(1, 'at least one entry')
    .optional()
    .describe('Rules for every call, tried before its route; the first that fits wins.'),
  default: actionsSchema
    .optional()
    .describe('What happens to a call that no route or rule takes; default: rejected.'),
  logging: loggingSchema.optional().describe('The log.'),
  twilio: twilioSchema.optional().describe('The REST API, and how the numbers of the account are set up.'),
  outbound: outboundSchema.optional().describe('Calls that dialsip places itself.'),
}

/** Patterns of a list, or the files that hold them. */
export const listEntries = listOf(text('a pattern or the name of a file'))

/** Keys that may also be in included files; their entries are merged. */
export const collectionShape = {
  include: listOf(text('a file or pattern')).optional().describe('Files to merge, relative to this one.'),
  endpoints: mapOf(endpointSchema, 'a map of endpoints').optional().describe('Your SIP endpoints, by name.'),
  groups: mapOf(dialSchema, 'a map of groups').optional().describe('Names for lists of hops.'),
  schedules: mapOf(scheduleSchema, 'a map of schedules').optional().describe('Opening hours, by name.'),
  lists: mapOf(listEntries, 'a map of lists')
    .optional()
    .describe('Named lists of numbers and patterns for from; or a text file of them.'),
  numbersFrom: listEntries.optional().describe('CSV files of numbers with their route or endpoint.'),
  routes: z.array(routeSchema, 'a list of routes').optional().describe('Which numbers go where.'),
  actions: mapOf(actionsSchema, 'a map of actions')
    .optional()
    .describe('Named actions, for otherwise and rules.'),
  tests: z.array(testSchema, 'a list of cases').optional().describe('What must come of which call.'),
}

/** The whole language, for the JSON Schema and its manual. */
export const rootSchema = z.strictObject({ ...settingsShape, ...collectionShape })

export type AccountSource = z.output<typeof accountSchema>
export type ScheduleSource = z.output<typeof scheduleSchema>
export type AdminSource = z.output<typeof adminSchema>
export type TwilioSource = z.output<typeof twilioSchema>
export type OutboundSource = z.output<typeof outboundSchema>
