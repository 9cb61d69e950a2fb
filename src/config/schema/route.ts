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
}).meta({ id: 'rule' }) as never

/** Accounts, at a route and in `defaults`. */
export function accountNames() {
  return someListOf(text('the name of an account')).optional()
}

const routeObject = bodyObject({
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
})

export const routeSchema = routeObject as unknown as z.ZodType<RouteSource>

/** One for each way in which routes are written: a config has few. */
const narrowed = new Map<string, typeof routeSchema>()
const MOST_NARROWED = 100

/** The schema of a route with these keys: zod looks for each of the 50 keys that a route may have. */
export function routeSchemaFor(keys: readonly string[]): typeof routeSchema {
  const written = keys.join()
  const known = narrowed.get(written)
  if (known) return known
  const isNarrow = narrowed.size < MOST_NARROWED && keys.every((key) => Object.hasOwn(routeObject.shape, key))
  if (!isNarrow) return routeSchema
  const schema = routeObject.pick(Object.fromEntries(keys.map((key) => [key, true])) as never)
  narrowed.set(written, schema as never)
  return schema as never
}
