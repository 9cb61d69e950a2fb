import { placeText } from '../../src/errors/print.js'
import { type ConfigError, pathText } from '../../src/errors/problem.js'
import { type AdminPlugin, adminOf } from './plugin.js'
import { addressTeller } from './shown-address.js'
import { isoTime } from './until.js'

/** `GET /api/config`: what the server runs by, without its secrets. */
export const configApi: AdminPlugin = (app, { service }, done) => {
  app.get('/api/config', () => {
    const { config } = service.active
    const { revision, files, publicUrl, listen, accounts, routes, endpoints } = config
    const { tokens: _secret, ...admin } = adminOf(service)
    const addressOf = addressTeller(config)
    const { since, at, errors, ...reload } = service.reload
    return {
      revision,
      since: isoTime(since),
      reload: { ...reload, at: isoTime(at), errors: errors.map(shortError) },
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
  })
  done()
}

/** Without the line of the file, which may hold what an API should not show. */
function shortError({ code, level, message, place, path, help }: ConfigError) {
  return { code, level, place: placeText(place), path: pathText(path), message, help }
}
