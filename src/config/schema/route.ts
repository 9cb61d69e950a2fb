import { z } from 'zod'
import { type BodySource, bodyObject } from '../../actions/schema.js'
import type { ConditionsSource } from '../../conditions/condition.js'
import { conditionsSchema } from '../../conditions/table.js'
import { someListOf, text } from '../../schema/scalars.js'

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
