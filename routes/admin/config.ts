import { z } from 'zod'
import { placeText } from '../../src/errors/print.js'
import { type ConfigError, pathText } from '../../src/errors/problem.js'
import type { ReloadState } from '../service.js'
import { type Plain, serve } from './operation.js'
import { type AdminPlugin, adminOf } from './plugin.js'
import { shownAddress } from './shown-address.js'
import { isoTime } from './until.js'

const level = z.enum(['error', 'warning'])
const code = z.string().describe('See docs/errors.md')
const listen = z.object({ host: z.string(), port: z.int() })

const configError = z
  .object({
    code,
    level,
    place: z.string().describe('`FILE:LINE:COLUMN`'),
    path: z.string().describe('Such as `routes[2].dial`'),
    message: z.string(),
    help: z.string().optional(),
  })
  .meta({ id: 'ConfigError' })

/** What came of the last attempt to load the config. */
export const reloadState = z
  .object({
    successful: z.boolean(),
    failure: z.string().describe('`2 errors, 1 warning`; empty after a success'),
    at: z.iso.datetime().describe('When the config was loaded last, or could not be'),
    revision: z.string().describe('Of the config that decides'),
    errors: z.array(configError).describe('The first hundred'),
    more: z.array(z.object({ level, code, count: z.int() })).describe('How many further ones, by their code'),
    needsRestart: z.array(z.string()).describe('Settings that change when the process starts again'),
  })
  .meta({ id: 'Reload' })

/** The link to the other replicas. */
export const sharedState = z
  .object({ up: z.boolean(), reason: z.string() })
  .optional()
  .describe('The link to the other replicas; missing without `state` in the config')

const configAnswer = z
  .object({
    revision: z.string(),
    since: z.iso.datetime().describe('Since when it decides'),
    reload: reloadState,
    shared: sharedState,
    files: z.array(z.string()),
    publicUrl: z.string(),
    listen,
    admin: z.object({ listen, hosts: z.array(z.string()) }),
    accounts: z.array(z.object({ sid: z.string(), name: z.string() })),
    routes: z.int().describe('How many'),
    endpoints: z.array(z.object({ name: z.string(), address: z.string(), maxCalls: z.int().optional() })),
  })
  .meta({ id: 'Config' })

/** What the server runs by, as the API shows it. */
export type ServerConfig = Plain<z.output<typeof configAnswer>>

/** `GET /api/config`: the config that the server runs by, without its secrets. */
export const configApi: AdminPlugin = (app, { service }, done) => {
  serve(
    app,
    {
      method: 'GET',
      path: '/api/config',
      id: 'getConfig',
      tag: 'server',
      summary: 'What the server runs by, without its secrets',
      answer: { description: 'The config', schema: configAnswer },
    },
    () => {
      const { config } = service.active
      const { revision, files, publicUrl, listen, accounts, routes, endpoints } = config
      const { tokens: _secret, ...admin } = adminOf(service)
      const addressOf = shownAddress(config)
      return {
        revision,
        since: isoTime(service.reload.since),
        reload: reloadShown(service.reload),
        shared: service.shared,
        files,
        publicUrl: publicUrl.href,
        listen,
        admin,
        accounts: accounts.map(({ sid, name }) => ({ sid, name })),
        routes: routes.size,
        endpoints: [...endpoints.values()].map((endpoint) => ({
          name: endpoint.name,
          address: addressOf(endpoint),
          maxCalls: endpoint.maxCalls,
        })),
      }
    },
  )
  done()
}

/** What came of the last attempt to load the config, with its times in ISO 8601. */
export function reloadShown({ since: _, at, errors, ...reload }: ReloadState) {
  return { ...reload, at: isoTime(at), errors: errors.map(shortError) }
}

/** Without the line of the file, which may hold what an API should not show. */
function shortError({ code, level, message, place, path, help }: ConfigError) {
  return { code, level, place: placeText(place), path: pathText(path), message, help }
}
