import { z } from 'zod'
import { attributeShape } from '../schema/attributes.js'
import { flag, listOf, mapOf, oneOf, text, url, whole, withBooleans } from '../schema/scalars.js'
import { DIAL_ATTRIBUTES, NUMBER_ATTRIBUTES } from '../twilio/attributes.js'
import { sipShape } from './endpoint-schema.js'

/** One entry of a `dial` list in its long form: exactly one of endpoint, uri, ring, split and number. */
export interface HopSource extends Record<string, unknown> {
  readonly endpoint?: string
  readonly uri?: string
  readonly ring?: readonly (string | HopSource)[]
  readonly split?: Readonly<Record<string, number>>
  readonly by?: 'call' | 'caller'
  readonly number?: string
}

/** What `screen:` may be in its long form. */
export interface ScreenSource {
  readonly say?: string
  readonly accept?: string
  readonly timeout?: number
  readonly voice?: string
  readonly language?: string
}

const { record: dialRecord, referUrl: _ours, ...plainDialShape } = attributeShape(DIAL_ATTRIBUTES)

const expectedDigits = 'one to four digits'

const expectedScreen = 'true, a URL, or a map with say and accept'

const screen = z.union(
  [
    flag(),
    url(expectedScreen),
    z.strictObject({
      say: text()
        .optional()
        .describe('What the callee hears before the call is put through; may hold templates.'),
      accept: z
        .string(expectedDigits)
        .regex(/^[0-9*]{1,4}$/, expectedDigits)
        .optional()
        .describe('What the callee must press; without it the text is only said (a whisper).'),
      timeout: whole(1, 60, 'seconds').optional().describe('Seconds to wait for the digits; 5 unless told.'),
      voice: text().optional().describe('The voice of the text.'),
      language: text().optional().describe('The language of the text.'),
    }),
  ],
  expectedScreen,
)

/** What stands beside `dial:` for that dial, and under `defaults:` for every dial. */
export const dialShape = {
  ...plainDialShape,
  record: dialRecord!,
  referUrl: withBooleans(z.union([z.literal('true', 'true or a URL'), url('true or a URL')], 'true or a URL'))
    .optional()
    .describe('What answers a SIP REFER of the callee: true for dialsip itself, or a URL of yours.'),
  failoverOn: listOf(z.string('an outcome class or a SIP code'))
    .optional()
    .describe(
      'The outcomes after which the next hop is tried; unreachable, serverError and rejected unless told.',
    ),
  screen: screen
    .optional()
    .describe('What the callee hears, and must press, before the call is put through.'),
}

const expectedHop = 'a map with endpoint, uri, ring, split or number'

const hopKeys = {
  endpoint: text('the name of an endpoint or group').optional().describe('The name of an endpoint or group.'),
  uri: text('a SIP URI').optional().describe('A SIP URI without an endpoint of its own.'),
  number: text('a phone number').optional().describe('Back to the telephone network, E.164.'),
}

const expectedMember = 'the name of an endpoint, a SIP URI, or a map with endpoint, uri or number'

/** A member of `ring`: one place, with `<Sip>` or `<Number>` attributes of its own. */
const ringMember = z.strictObject(
  { ...hopKeys, ...sipShape, ...attributeShape(NUMBER_ATTRIBUTES) },
  expectedHop,
)

export const hopSchema: z.ZodType<HopSource> = z
  .strictObject(
    {
      ...hopKeys,
      ring: listOf(z.union([text(expectedMember), ringMember], expectedMember))
        .optional()
        .describe('Rings two to ten at once; the first to answer has the call.'),
      split: mapOf(whole(1, 1_000_000), 'a map of endpoints and weights')
        .refine((weights) => Object.keys(weights).length > 0, 'at least one endpoint and its weight')
        .optional()
        .describe('Shares calls out by weight; the others follow as later hops.'),
      by: oneOf('call', 'caller')
        .optional()
        .describe('What a split keeps together: each call, or each caller. call unless told.'),
      ...plainDialShape,
      record: dialRecord!,
      ...sipShape,
      ...attributeShape(NUMBER_ATTRIBUTES),
    },
    expectedHop,
  )
  .meta({ id: 'hop' }) as never
