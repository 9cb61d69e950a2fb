import type { Listen } from '../src/model/config.js'

/** Where a listener is reached from this machine: an address to listen on is none to call, of all of them one's own is meant. */
export function listenUrl({ host, port }: Listen): string {
  const own = ANY_ADDRESS[host] ?? host
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`
}

const ANY_ADDRESS: Readonly<Record<string, string | undefined>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
