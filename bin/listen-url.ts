import type { Listen } from '../src/model/config.js'

/**
 * The URL by which this machine reaches a listener. `0.0.0.0` and `::` mean all addresses and cannot be called:
 * loopback takes their place.
 */
export function listenUrl({ host, port }: Listen): string {
  const own = ANY_ADDRESS[host] ?? host
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`
}

const ANY_ADDRESS: Readonly<Record<string, string | undefined>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
