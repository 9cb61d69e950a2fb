import type { AddressInfo, Server } from 'node:net'

/** Tells where it listens. stderr, since stdout is the log. */
export function tellAddress(server: Pick<Server, 'address'>): void {
  const { port } = server.address() as AddressInfo
  process.stderr.write(`listening on http://127.0.0.1:${port}\n`)
}
