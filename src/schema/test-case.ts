import { z } from 'zod'
import { listOf, mapOf, text } from './scalars.js'

const endpointList = listOf(text('the name of an endpoint'))

/** One case of `tests:`: a call, what its endpoints answer, and what must come of it. */
export const testSchema = z.strictObject(
  {
    name: text('a title').optional().describe('What the case shows.'),
    call: z
      .strictObject(
        {
          to: text('the called number').describe('The called number or SIP address.'),
          from: z.string('the calling number').optional().describe('The caller; default: anonymous.'),
          account: text('the name of an account')
            .optional()
            .describe('The account that the call comes from. Default: the one of the route.'),
          at: text('a time').optional().describe('When the call comes in, ISO 8601.'),
          params: mapOf(z.string('a text')).optional().describe('Further webhook parameters.'),
        },
        'a map with to, from and at',
      )
      .describe('The call that comes in.'),
    outcomes: mapOf(z.string('an outcome such as 486, busy or ringing+timeout'))
      .optional()
      .describe('What each endpoint does; default: answered.'),
    down: endpointList.optional().describe('Endpoints that are ejected.'),
    drained: endpointList.optional().describe('Endpoints that are drained.'),
    expect: z
      .strictObject(
        {
          route: z
            .string('the name of a route')
            .optional()
            .describe('The route that decides; empty for default.'),
          rule: z
            .string('the name or place of a rule')
            .optional()
            .describe('The rule that fits, by name or by its place from 1.'),
          dials: listOf(text('the name of a hop')).optional().describe('The hops that ring, in order.'),
          region: listOf(text('a region')).optional().describe('The region or edge of each dial, in order.'),
          uri: listOf(text('a SIP URI'))
            .optional()
            .describe('The URI of each dial without headers, in order.'),
          headers: mapOf(z.string('a text')).optional().describe('Headers of the first dial.'),
          action: text('a verb')
            .optional()
            .describe('What ends the call: answered, hangup, reject, record …'),
          twiml: text('TwiML').optional().describe('The first TwiML document, whole.'),
          xpath: mapOf(z.string('a text'))
            .optional()
            .describe('XPath expressions over the first TwiML document, and what they give.'),
          reason: text('a text').optional().describe('A text that the reason of the decision holds.'),
        },
        'a map with route, dials, action …',
      )
      .refine((expect) => Object.keys(expect).length > 0, 'at least one of route, dials, action …')
      .describe('What must come of it.'),
  },
  'a map with call and expect',
)

export type TestSource = z.output<typeof testSchema>
