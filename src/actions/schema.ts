import { z } from 'zod'
import { dialShape } from '../dial/dial.js'
import { sipShape } from '../dial/endpoint.js'
import type { HopSource } from '../dial/hop.js'
import { someListOf, text } from '../schema/scalars.js'
import { ACTION_KINDS, VERBS } from './table.js'

/**
 * What a route, a rule, `default`, `otherwise` or a named action does: at most one verb of each kind, and
 * next to `dial` the attributes of that dial. Several verbs of one map run in the order say, play, record, rest.
 */
export interface BodySource extends Record<string, unknown> {
  readonly dial?: readonly (string | HopSource)[]
  readonly record?: string | Record<string, unknown>
  readonly action?: ActionsSource
  readonly otherwise?: ActionsSource
}

/** Actions in order; a text is the name of one under `actions`. */
export type ActionsSource = readonly (string | BodySource)[]

const { record: _ofTheDial, ...nextToDial } = dialShape

/** The keys of a body, for the schemas of routes and rules, which have keys of their own besides. */
export const bodyShape = {
  ...Object.fromEntries(ACTION_KINDS.map(({ verb, schema }) => [verb, schema])),
  get action() {
    return actionsSchema.optional().describe('A named action, or a list of actions run in order.')
  },
  get otherwise() {
    return actionsSchema.optional().describe('What happens when no hop of the dial answers.')
  },
  ...nextToDial,
  ...sipShape,
}

/** `bodyShape` with its getters intact, so that bodies may hold bodies. */
export function bodyObject(own: Record<string, z.ZodType>) {
  const shape = Object.defineProperties({ ...own }, Object.getOwnPropertyDescriptors(bodyShape))
  return z.strictObject(
    shape as Record<string, z.ZodType>,
    `a map with ${VERBS.slice(0, -1).join(', ')} or ${VERBS.at(-1)}`,
  )
}

export const bodySchema = bodyObject({})

const expectedAction = 'the name of an action, or a map with dial, say, record, reject …'

export const actionsSchema: z.ZodType<ActionsSource> = someListOf(
  z.union([text(expectedAction), bodySchema], expectedAction),
).meta({ id: 'actions' }) as never
