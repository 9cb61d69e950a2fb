import { callSchemas } from './openapi-call-schemas.js'
import { callPaths } from './openapi-calls.js'
import { explainPaths } from './openapi-explain.js'
import { json, noToken, schema } from './openapi-json.js'
import { recentSchemas } from './openapi-recent.js'
import { statePaths, stateSchemas } from './openapi-state.js'
import type { AdminPlugin } from './plugin.js'

/** The admin API by OpenAPI 3.1. Each part of it adds its paths and schemas here. */
const OPENAPI = {
  openapi: '3.1.0',
  info: {
    title: 'dialsip admin API',
    version: '1.0.0',
    description:
      'For operators, never for Twilio. Without `admin.tokens` in the config it is open to anyone who reaches the loopback address it listens on. A `Host` that is neither loopback, the address of the connection nor in `admin.hosts`, an `Origin` of another site and `Sec-Fetch-Site: cross-site` get 403; a body that is not JSON gets 415.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [
    { url: 'http://127.0.0.1:9090', description: 'The admin listener, unless `admin.listen` says otherwise' },
  ],
  security: [{}, { token: [] }],
  tags: [
    { name: 'calls', description: 'Calls that dialsip places by Twilio’s REST API' },
    { name: 'state', description: 'How endpoints stand, and what is set by hand' },
    { name: 'server', description: 'What the server runs by, and whether it does' },
  ],
  paths: {
    ...callPaths,
    ...explainPaths,
    ...statePaths,
    '/api/config': {
      get: {
        operationId: 'getConfig',
        tags: ['server'],
        summary: 'What the server runs by, without its secrets',
        responses: {
          200: json('The config', { type: 'object' }),
          ...noToken,
        },
      },
    },
    '/api/openapi.json': {
      get: {
        operationId: 'getOpenApi',
        tags: ['server'],
        summary: 'This description',
        responses: {
          200: json('OpenAPI 3.1', { type: 'object' }),
          ...noToken,
        },
      },
    },
    '/metrics': {
      get: {
        operationId: 'getMetrics',
        tags: ['server'],
        summary: 'What is counted, for Prometheus (docs/metrics.md)',
        responses: {
          200: {
            description: 'Text format 0.0.4',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
          ...noToken,
        },
      },
    },
    '/livez': {
      get: {
        operationId: 'getLiveness',
        tags: ['server'],
        summary: 'Whether the process lives',
        responses: {
          ...noToken,
          200: { description: 'It does', content: { 'text/plain': { schema: { type: 'string' } } } },
        },
      },
    },
    '/readyz': {
      get: {
        operationId: 'getReadiness',
        tags: ['server'],
        summary: 'Whether this replica may get calls, and why not',
        responses: {
          ...noToken,
          200: json('It may', schema('Readiness')),
          503: json('It may not', schema('Readiness')),
        },
      },
    },
  },
  components: {
    securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'One of `admin.tokens`' } },
    responses: {
      NoToken: json('A bearer token is needed', schema('Error')),
      Twilio: json('Twilio’s refusal, with its own status, or why it could not be asked', schema('Failure')),
    },
    schemas: {
      ...callSchemas,
      ...recentSchemas,
      ...stateSchemas,
      Error: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
      Readiness: {
        type: 'object',
        required: ['ready', 'why', 'revision'],
        properties: {
          ready: { type: 'boolean' },
          why: { type: 'string' },
          revision: { type: 'string', description: 'Of the config' },
        },
      },
    },
  },
}

/** `GET /api/openapi.json`: this API, described. */
export const openApi: AdminPlugin = (app, _options, done) => {
  app.get('/api/openapi.json', () => OPENAPI)
  done()
}
