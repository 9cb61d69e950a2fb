import { LONGEST_CALLED, MOST_HOPS, MOST_TWIML, ownShape } from '../../src/outbound/call-request.js'
import type { Attribute } from '../../src/twilio/attributes.js'
import { CALL_PARAMETERS } from '../../src/twilio/call-parameters.js'
import { schema } from './openapi-json.js'

const text = { type: 'string', minLength: 1 }
const texts = { type: 'object', additionalProperties: { type: 'string' } }
const uri = { type: 'string', format: 'uri' }

/** A place in its long form. */
const place = { endpoint: text, uri: text, number: text }

const member = { type: 'object', additionalProperties: false, properties: place }

/** One entry of `dial` in its long form: exactly one of these, `by` beside `split`. */
const hop = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...place,
    ring: { type: 'array', items: { anyOf: [text, member] }, minItems: 1, maxItems: MOST_HOPS },
    split: { type: 'object', additionalProperties: { type: 'integer', minimum: 1 }, minProperties: 1 },
    by: { enum: ['call', 'caller'] },
  },
}

/** The shapes of dialsip's own keys; a test holds them and `ownShape` equal. */
const OWN: Readonly<Record<keyof typeof ownShape, object>> = {
  to: text,
  from: { type: 'string', pattern: '^[A-Za-z0-9+\\-_.]+$' },
  account: text,
  headers: texts,
  transport: { enum: ['udp', 'tcp', 'tls'] },
  region: text,
  edge: text,
  secure: { type: 'boolean' },
  url: uri,
  twiml: { type: 'string', minLength: 1, maxLength: MOST_TWIML },
  applicationSid: { type: 'string', pattern: '^AP[0-9a-fA-F]{32}$' },
  route: text,
  dial: oneOrMany({ anyOf: [text, hop] }, MOST_HOPS),
  called: { ...text, maxLength: LONGEST_CALLED },
}

const KINDS: Readonly<Record<Attribute['kind'], (attribute: Attribute) => object>> = {
  int: ({ min, max }) => ({ type: 'integer', minimum: min, maximum: max }),
  bool: () => ({ type: 'boolean' }),
  enum: ({ values }) => ({ enum: values }),
  list: ({ values }) => oneOrMany({ enum: values }),
  url: () => uri,
  text: textSchema,
  callerId: textSchema,
}

function textSchema({ max, secret, pattern }: Attribute): object {
  return {
    ...text,
    ...(pattern && { pattern: pattern.form.source }),
    ...(max !== undefined && { maxLength: max }),
    ...(secret && { format: 'password', writeOnly: true }),
  }
}

function oneOrMany(item: object, most?: number): object {
  const many = { type: 'array', items: item, ...(most !== undefined && { minItems: 1, maxItems: most }) }
  return { anyOf: [item, many] }
}

function ownProperties(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(ownShape).map(([key, { description }]) => [
      key,
      { ...OWN[key as keyof typeof ownShape], description },
    ]),
  )
}

function passedProperties(): Record<string, object> {
  return Object.fromEntries(
    CALL_PARAMETERS.map((attribute) => [
      attribute.name,
      {
        ...KINDS[attribute.kind](attribute),
        description: attribute.says,
        ...(attribute.default !== undefined && { default: attribute.default }),
      },
    ]),
  )
}

/** The schemas of outbound calls. */
export const callSchemas = {
  CallRequest: {
    type: 'object',
    description:
      'A call to a SIP endpoint. Names as in Twilio’s SDK; with a capital first letter, as in its REST API, they are taken as well.',
    required: ['to'],
    oneOf: ['url', 'twiml', 'applicationSid', 'route', 'dial'].map((key) => ({ required: [key] })),
    properties: { ...ownProperties(), ...passedProperties() },
    additionalProperties: false,
  },
  Call: {
    type: 'object',
    required: ['sid', 'status', 'direction', 'from', 'to'],
    properties: {
      sid: { type: 'string', pattern: '^CA[0-9a-fA-F]{32}$' },
      status: {
        enum: ['queued', 'ringing', 'in-progress', 'completed', 'busy', 'failed', 'no-answer', 'canceled'],
      },
      direction: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      startTime: { type: 'string', format: 'date-time' },
      endTime: { type: 'string', format: 'date-time' },
      duration: { type: 'string', description: 'Seconds' },
      answeredBy: { type: 'string' },
      queueTime: { type: 'string', description: 'Milliseconds that the call waited at Twilio' },
    },
  },
  PlacedCall: {
    allOf: [
      schema('Call'),
      {
        type: 'object',
        required: ['account', 'warnings'],
        properties: {
          account: { type: 'string' },
          warnings: { type: 'array', items: schema('Finding') },
        },
      },
    ],
  },
  Finding: {
    type: 'object',
    required: ['path', 'code', 'message'],
    properties: {
      path: { type: 'string', description: 'The key it speaks of; empty for the whole request' },
      code: { type: 'string', description: 'See docs/errors.md' },
      message: { type: 'string' },
      expected: { type: 'string' },
      found: { type: 'string' },
      help: { type: 'string' },
    },
  },
  Refused: {
    type: 'object',
    required: ['error'],
    properties: {
      error: { type: 'string' },
      errors: { type: 'array', items: schema('Finding') },
      warnings: { type: 'array', items: schema('Finding') },
    },
  },
  Failure: {
    type: 'object',
    required: ['error'],
    properties: {
      error: { type: 'string' },
      effect: {
        enum: ['none', 'unknown'],
        description: 'Whether the request may have had an effect at Twilio all the same',
      },
      twilio: {
        type: 'object',
        required: ['status', 'message'],
        properties: {
          status: { type: 'integer' },
          code: { type: 'integer' },
          message: { type: 'string' },
          moreInfo: { type: 'string', format: 'uri' },
        },
      },
    },
  },
}
