import { json, noToken, schema } from './openapi-json.js'

/** `GET /api/explain` by OpenAPI; what the answer holds is written in docs/explain.md. */
export const explainPaths = {
  '/api/explain': {
    get: {
      operationId: 'explainCall',
      tags: ['server'],
      summary: 'Why a call would go where it goes, with every TwiML and without secrets',
      parameters: [
        one('to', 'The called number, as Twilio sends it', true),
        one('from', 'The caller; default: anonymous'),
        one('account', 'The account that calls, by name or SID; default: the one of the number’s route'),
        one('at', 'ISO 8601; default: now'),
        many('param', 'Another webhook parameter, NAME=VALUE'),
        many('outcome', 'What comes of an endpoint, ENDPOINT=OUTCOME such as frankfurt=503'),
        many('down', 'An endpoint that is ejected; the others stand as they do now'),
        many('drained', 'An endpoint that is drained'),
      ],
      responses: {
        200: json('The explanation', { type: 'object' }),
        400: json('The question makes no sense', schema('Error')),
        ...noToken,
      },
    },
  },
}

function one(name: string, description: string, required = false): object {
  return { name, in: 'query', description, required, schema: { type: 'string' } }
}

function many(name: string, description: string): object {
  return { name, in: 'query', description, schema: { type: 'array', items: { type: 'string' } } }
}
