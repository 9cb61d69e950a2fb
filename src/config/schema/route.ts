import { z } from 'zod'
import { type BodySource, bodyObject } from '../../actions/schema.js'
import { mapOf, oneOf, someListOf, text } from '../../schema/scalars.js'

/** The conditions of a rule: keys are and-ed, values in a list are or-ed. */
export interface ConditionsSource {
  readonly from?: readonly string[]
  readonly fromCountry?: readonly string[]
  readonly schedule?: readonly string[]
  readonly attestation?: readonly ('A' | 'B' | 'C' | 'failed' | 'none')[]
  readonly forwardedFrom?: readonly string[]
  readonly sipDomain?: readonly string[]
  readonly params?: Readonly<Record<string, readonly string[]>>
  readonly not?: ConditionsSource
}

export interface RuleSource extends BodySource {
  readonly name?: string
  readonly if?: ConditionsSource
}

export interface RouteSource extends BodySource {
  readonly name?: string
  readonly to?: readonly string[]
  readonly account?: readonly string[]
  /** A rule of a wrong shape is undefined; its errors are reported. */
  readonly rules?: readonly (RuleSource | undefined)[]
}

const expectedCountry = 'a country in two capital letters, such as DE'
const expectedDomain = 'a SIP domain such as acme.sip.twilio.com'

const expectedConditions = 'a map with from, schedule, attestation …'

export const conditionsSchema: z.ZodType<ConditionsSource> = z
  .strictObject(
    {
      from: someListOf(text('a number, a pattern, anonymous or the name of a list'))
        .optional()
        .describe('Who calls: numbers, patterns as in to, anonymous, names of lists.'),
      fromCountry: someListOf(z.string(expectedCountry).regex(/^[A-Z]{2}$/, expectedCountry))
        .optional()
        .describe('The country of the caller, ISO 3166 in two letters.'),
      schedule: someListOf(text('the name of a schedule'))
        .optional()
        .describe('Fits while one of these schedules is open.'),
      attestation: someListOf(oneOf('A', 'B', 'C', 'failed', 'none'))
        .optional()
        .describe('STIR/SHAKEN: how far the caller id is vouched for, from StirVerstat.'),
      forwardedFrom: someListOf(text('a number or pattern'))
        .optional()
        .describe('The number that forwarded the call, as far as the carrier tells it.'),
      sipDomain: someListOf(z.string(expectedDomain).regex(/^[^@:\s]+$/, expectedDomain))
        .optional()
        .describe('The Twilio SIP domain that the call came in by.'),
      params: mapOf(someListOf(z.string('a text')), 'a map of webhook parameters')
        .optional()
        .describe('Any webhook parameter; a value may end in * for what it begins with.'),
      get not() {
        return conditionsSchema.optional().describe('Fits when these conditions do not.')
      },
    },
    expectedConditions,
  )
  .meta({ id: 'conditions' }) as never

const name = text('a name').optional().describe('How logs, metrics and plans call it.')

/** A rule: what to do with a call that fits its conditions. Parsed one by one, so that one error hides no other. */
export const ruleSchema: z.ZodType<RuleSource> = bodyObject({
  name,
  if: conditionsSchema.optional().describe('When the rule fits; always, without it.'),
}) as never

/** Accounts, at a route and in `defaults`. */
export function accountNames() {
  return someListOf(text('the name of an account')).optional()
}

export const routeSchema: z.ZodType<RouteSource> = bodyObject({
  name,
  to: someListOf(text('a number, a prefix, a range or a SIP address'))
    .optional()
    .describe('The called numbers: exact, prefix*, first..last, or sip:*@domain.'),
  account: accountNames().describe(
    'The accounts whose calls the route takes, by name or SID. Default: those of defaults, else all.',
  ),
  rules: z
    .array(ruleSchema, 'a list of rules')
    .min(1, 'at least one entry')
    .optional()
    .describe('Looked through from the top; the first that fits wins.'),
}) as never
