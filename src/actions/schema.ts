import { z } from 'zod'
import { dialShape } from '../dial/dial.js'
import { sipShape } from '../dial/endpoint.js'
import { type HopSource, hopSchema } from '../dial/hop.js'
import { attributeShape } from '../schema/attributes.js'
import { oneOf, someListOf, text, url, withBooleans } from '../schema/scalars.js'
import {
  PLAY_ATTRIBUTES,
  RECORD_ATTRIBUTES,
  REDIRECT_ATTRIBUTES,
  SAY_ATTRIBUTES,
} from '../twilio/attributes.js'

/**
 * What a route, a rule, `default`, `otherwise` or a named action does: at most one verb of each kind, and
 * beside `dial` the attributes of that dial. Several verbs of one map run in the order say, play, record, rest.
 */
export interface BodySource extends Record<string, unknown> {
  readonly dial?: readonly (string | HopSource)[]
  readonly say?: string | ({ readonly text: string } & Record<string, unknown>)
  readonly play?: string | ({ readonly url?: string } & Record<string, unknown>)
  readonly record?: string | Record<string, unknown>
  readonly redirect?: string | ({ readonly url: string } & Record<string, unknown>)
  readonly reject?: string
  readonly hangup?: string
  readonly action?: ActionsSource
  readonly otherwise?: ActionsSource
}

/** Actions in order; a text is the name of one under `actions`. */
export type ActionsSource = readonly (string | BodySource)[]

const expectedSay = 'a text, or a map with text, voice and language'

const say = z.union(
  [
    text(expectedSay),
    z.strictObject({
      text: text().describe('The text; it may hold templates.'),
      ...attributeShape(SAY_ATTRIBUTES),
    }),
  ],
  expectedSay,
)

const expectedPlay = 'an http or https URL, or a map with url and loop'

const play = z.union(
  [
    url(expectedPlay),
    z.strictObject({
      url: url().optional().describe('The audio file; none is needed beside digits.'),
      ...attributeShape(PLAY_ATTRIBUTES),
    }),
  ],
  expectedPlay,
)

const record = z.union(
  [withBooleans(z.string()), z.strictObject(attributeShape(RECORD_ATTRIBUTES))],
  'true, a recording mode, or a map such as { maxLength: 120 }',
)

const expectedRedirect = 'an http or https URL, or a map with url and method'

const redirect = z.union(
  [
    url(expectedRedirect),
    z.strictObject({
      url: url().describe('The URL whose TwiML goes on with the call.'),
      ...attributeShape(REDIRECT_ATTRIBUTES),
    }),
  ],
  expectedRedirect,
)

const expectedEntry = 'the name of an endpoint, a SIP URI, or a map with endpoint, uri, ring, split or number'

/** One entry of a `dial`, a group, or the dial of a request for a call. */
export const dialEntry = z.union([text(expectedEntry), hopSchema], expectedEntry)

/** Where a call rings: the value of `dial` and of a group. */
export const dialSchema: z.ZodType<readonly (string | HopSource)[]> = someListOf(dialEntry) as never

const { record: _ofTheDial, ...besideDial } = dialShape

/** The keys of a body, for the schemas of routes and rules, which have keys of their own besides. */
export const bodyShape = {
  dial: dialSchema
    .optional()
    .describe('Where the call rings: endpoints, groups or SIP URIs, one after the other.'),
  say: say.optional().describe('Say a text; it may hold templates.'),
  play: play.optional().describe('Play an audio file.'),
  record: record.optional().describe('Alone: record the caller (voicemail). Beside dial: record the call.'),
  redirect: redirect.optional().describe('Hand the call to another TwiML URL.'),
  reject: oneOf('rejected', 'busy').optional().describe('Refuse the call without answering it.'),
  hangup: withBooleans(z.literal(['', 'true'], 'nothing or true'))
    .optional()
    .describe('End the call.'),
  get action() {
    return actionsSchema.optional().describe('A named action, or a list of actions run in order.')
  },
  get otherwise() {
    return actionsSchema.optional().describe('What happens when no hop of the dial answers.')
  },
  ...besideDial,
  ...sipShape,
}

/** `bodyShape` with its getters intact, so that bodies may hold bodies. */
export function bodyObject(own: Record<string, z.ZodType>) {
  const shape = Object.defineProperties({ ...own }, Object.getOwnPropertyDescriptors(bodyShape))
  return z.strictObject(
    shape as Record<string, z.ZodType>,
    'a map with dial, say, play, record, redirect, reject or hangup',
  )
}

export const bodySchema = bodyObject({})

const expectedAction = 'the name of an action, or a map with dial, say, record, reject …'

export const actionsSchema: z.ZodType<ActionsSource> = someListOf(
  z.union([text(expectedAction), bodySchema], expectedAction),
).meta({ id: 'actions' }) as never
