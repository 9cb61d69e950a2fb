import { json, noToken, schema } from './openapi-json.js'

const call = {
  type: 'object',
  required: ['callSid', 'at', 'from', 'to', 'route', 'rule', 'hops'],
  properties: {
    callSid: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    from: { type: 'string' },
    to: { type: 'string' },
    route: { type: 'string' },
    rule: { type: 'string' },
    hops: { type: 'array', items: schema('RecentHop') },
    outcome: { type: 'string', description: 'What the call ended as; absent while it lasts' },
    seconds: { type: 'number' },
  },
}

/** The schemas of recent calls. */
export const recentSchemas = {
  RecentCall: call,
  RecentHop: {
    type: 'object',
    required: ['hop', 'at'],
    properties: {
      hop: { type: 'string' },
      at: { type: 'string', format: 'date-time' },
      outcome: { type: 'string', description: 'An outcome class; absent while it rings' },
      code: { type: 'integer', description: 'The SIP response code' },
      seconds: { type: 'number' },
    },
  },
  RecentCallDetail: {
    allOf: [
      schema('RecentCall'),
      {
        type: 'object',
        required: ['webhooks'],
        properties: {
          webhooks: {
            type: 'array',
            items: { type: 'object' },
            description: 'Each with its decision and TwiML',
          },
          explain: { type: 'string', description: 'The command that explains the call by the config of now' },
          test: { type: 'string', description: 'The call as an entry of `tests:`, in YAML' },
        },
      },
    ],
  },
}

/** `GET /api/calls`. */
export const listRecentCalls = {
  operationId: 'listRecentCalls',
  tags: ['server'],
  summary: 'The last calls of this replica, the latest first',
  parameters: [
    {
      name: 'limit',
      in: 'query',
      description: 'How many at most',
      schema: { type: 'integer', default: 100 },
    },
    {
      name: 'number',
      in: 'query',
      description: 'A part of the caller’s or the called number',
      schema: { type: 'string' },
    },
  ],
  responses: {
    200: json('The calls', {
      type: 'object',
      required: ['calls'],
      properties: { calls: { type: 'array', items: schema('RecentCall') } },
    }),
    400: json('The question makes no sense', schema('Error')),
    ...noToken,
  },
}

export const recentPaths = {
  '/api/calls/recent/{callSid}': {
    get: {
      operationId: 'getRecentCall',
      tags: ['server'],
      summary: 'One of the last calls with its webhooks, decisions and TwiML, without secrets',
      parameters: [{ name: 'callSid', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        200: json('The call', schema('RecentCallDetail')),
        ...noToken,
        404: json('It is not among them', schema('Error')),
      },
    },
  },
}
