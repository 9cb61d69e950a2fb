import { json, noToken, schema } from './openapi-json.js'
import { listRecentCalls, recentPaths } from './openapi-recent.js'

const account = {
  name: 'account',
  in: 'query',
  description: 'SID or name of the account; default: the first of the config',
  schema: { type: 'string' },
}
const sid = {
  name: 'sid',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^CA[0-9a-fA-F]{32}$' },
}
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A request that comes again with the same key gets the answer of the first and places no second call. Kept for 24 hours by the replica that got it.',
  schema: { type: 'string' },
}

const failures = {
  ...noToken,
  404: { $ref: '#/components/responses/Twilio' },
  default: { $ref: '#/components/responses/Twilio' },
}

function onCall(operationId: string, summary: string): object {
  const responses = { 200: json('The call as it is now', schema('Call')), ...failures }
  return { operationId, tags: ['calls'], summary, parameters: [sid, account], responses }
}

/** The paths of outbound calls. */
export const callPaths = {
  '/api/calls': {
    get: listRecentCalls,
    post: {
      operationId: 'createCall',
      tags: ['calls'],
      summary: 'Places a call to a SIP endpoint',
      description: 'Waits for its turn when more calls than `outbound.cps` a second are asked for.',
      parameters: [idempotencyKey],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schema('CallRequest') } },
      },
      responses: {
        201: json('Twilio has the call', schema('PlacedCall')),
        ...noToken,
        422: json(
          'Everything that is wrong with the request; Twilio was not asked. Or the key belongs to another request',
          schema('Refused'),
        ),
        429: json('Too many calls wait here, or Twilio has too many requests', schema('Failure')),
        503: json(
          'Twilio was not reached and no call is placed, if `effect` is `none`; else its own 503',
          schema('Failure'),
        ),
        504: json('Twilio gave no answer; the call may have been placed all the same', schema('Failure')),
        default: { $ref: '#/components/responses/Twilio' },
      },
    },
  },
  ...recentPaths,
  '/api/calls/{sid}': { get: onCall('getCall', 'How a call stands') },
  '/api/calls/{sid}/cancel': { post: onCall('cancelCall', 'Ends a call that is queued or rings') },
  '/api/calls/{sid}/complete': { post: onCall('completeCall', 'Ends a call') },
  '/api/outbound': {
    get: {
      operationId: 'getOutboundLine',
      tags: ['calls'],
      summary: 'How many outbound calls wait for their turn',
      responses: {
        200: json('The line', {
          type: 'object',
          required: ['cps', 'waiting'],
          properties: {
            cps: { type: 'integer', description: 'Calls a second and account' },
            waiting: { type: 'integer' },
          },
        }),
        ...noToken,
      },
    },
  },
}
