import { json, noToken, schema } from './openapi-json.js'

const text = { type: 'string', minLength: 1 }
const time = { type: 'string', format: 'date-time' }
const end = {
  ...text,
  description: 'A time of day, a while or ISO 8601: `18:00`, `2h`, `2026-11-20T18:00:00+01:00`',
}
const timezone = { ...text, description: 'By whose clock `until` is, an IANA name', default: 'UTC' }
const named = { name: 'name', in: 'path', required: true, schema: text }
const kind = { enum: ['schedule', 'route'] }

const COMMON = {
  400: failure('What is wrong with the request'),
  ...noToken,
  503: failure('Busy with calls; try again in a second'),
}

/** How endpoints stand, and what is set by hand. */
export const statePaths = {
  '/api/endpoints': {
    get: operation('listEndpoints', 'How the endpoints stand', {
      200: json('All of them', list('endpoints', 'EndpointState')),
    }),
  },
  '/api/endpoints/{name}/drain': {
    post: {
      ...operation('drainEndpoint', 'Takes an endpoint out: it is tried only when no other is left', {
        200: json('How it stands now', schema('EndpointState')),
        404: failure('There is no such endpoint'),
      }),
      parameters: [named],
      requestBody: json('Why, and how long', schema('Drain')),
    },
  },
  '/api/endpoints/{name}/restore': {
    post: {
      ...operation('restoreEndpoint', 'Forgets everything that speaks against an endpoint', {
        200: json('How it stands now', schema('EndpointState')),
        404: failure('There is no such endpoint'),
      }),
      parameters: [named],
    },
  },
  '/api/overrides': {
    get: operation('listOverrides', 'What holds instead of the config, the next to end first', {
      200: json('All of them', list('overrides', 'Override')),
    }),
    post: {
      ...operation('setOverride', 'Sets a schedule or a route to something else for a while', {
        201: json('It is set', schema('Override')),
      }),
      requestBody: { ...json('What, to what and how long', schema('OverrideRequest')), required: true },
    },
  },
  '/api/overrides/{kind}/{name}': {
    delete: {
      ...operation('clearOverride', 'Lets the config hold again', {
        200: json('What was set', schema('Override')),
        404: failure('Nothing is set'),
      }),
      parameters: [{ name: 'kind', in: 'path', required: true, schema: kind }, named],
    },
  },
}

const override = {
  kind,
  name: text,
  to: { ...text, description: '`open` or `closed` for a schedule, the name of an action for a route' },
  author: text,
  note: text,
}

export const stateSchemas = {
  EndpointState: {
    type: 'object',
    required: ['name', 'address', 'state', 'reason', 'calls'],
    properties: {
      name: text,
      address: { ...text, description: 'Its SIP URI as the config has it, secrets masked' },
      state: { enum: ['up', 'ejected', 'drained', 'full'] },
      reason: { type: 'string' },
      until: time,
      calls: { type: 'integer', description: 'Those that it has now' },
      maxCalls: { type: 'integer' },
    },
  },
  Drain: {
    type: 'object',
    additionalProperties: false,
    properties: { reason: { ...text, default: 'by hand' }, until: end, timezone },
  },
  Override: {
    type: 'object',
    required: ['kind', 'name', 'to', 'until', 'author', 'note', 'since'],
    properties: { ...override, until: time, since: time },
  },
  OverrideRequest: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'to', 'until', 'author', 'note'],
    properties: { ...override, until: end, timezone },
  },
}

function operation(operationId: string, summary: string, responses: object): object {
  return { operationId, tags: ['state'], summary, responses: { ...responses, ...COMMON } }
}

function list(key: string, name: string): object {
  return { type: 'object', required: [key], properties: { [key]: { type: 'array', items: schema(name) } } }
}

function failure(description: string): object {
  return json(description, schema('Error'))
}
