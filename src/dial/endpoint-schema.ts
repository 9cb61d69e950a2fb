import { z } from 'zod'
import { attributeShape } from '../schema/attributes.js'
import { mapOf, text, whole } from '../schema/scalars.js'
import { SIP_ATTRIBUTES } from '../twilio/attributes.js'

/** What belongs to a SIP leg: beside an endpoint's `uri`, or beside a `dial` of bare SIP URIs. */
export const sipShape = {
  region: text('a Twilio region')
    .optional()
    .describe('The Twilio region from which the call leaves, such as de1.'),
  edge: text('a Twilio edge')
    .optional()
    .describe('The same by its edge name, such as frankfurt; instead of region.'),
  headers: mapOf(z.string('a text'), 'a map of header names and values')
    .optional()
    .describe('SIP headers of the INVITE; values may hold templates. Under 1024 characters in all.'),
  ...attributeShape(SIP_ATTRIBUTES),
}

const expectedUri = 'a SIP URI such as sip:{{To}}@pbx.example.com'

export const endpointSchema = z.strictObject(
  {
    uri: text(expectedUri).describe(
      'The SIP URI to dial; the user part may hold templates. Under 255 characters.',
    ),
    maxCalls: whole(1, 1_000_000, 'calls')
      .optional()
      .describe('Calls that this endpoint takes at once; a full endpoint is skipped.'),
    ...sipShape,
  },
  'an endpoint with uri',
)

export type EndpointSource = z.output<typeof endpointSchema>
