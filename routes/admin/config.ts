import type { AdminPlugin } from '../admin-app.js'

/** `GET /api/config`: what the server runs by, without its secrets. */
export const configApi: AdminPlugin = (app, { service }, done) => {
  app.get('/api/config', () => {
    const { revision, files, publicUrl, listen, admin, accounts, routes, endpoints } = service.active.config
    return {
      revision,
      files,
      publicUrl: publicUrl.href,
      listen,
      admin: { listen: admin.listen },
      accounts: accounts.map(({ sid, name }) => ({ sid, name })),
      routes: routes.size,
      endpoints: [...endpoints.values()].map(({ name, address, maxCalls }) => ({ name, address, maxCalls })),
    }
  })
  done()
}
