import type { Config } from '../../src/model/config.js'
import { listenUrl } from '../listen-url.js'

/** A server of this machine answers at once. */
const TIMEOUT_MS = 1_000

/** A server that listens where this config says. */
export interface RunningServer {
  readonly server: string
  /** The revision of the config that it runs by. */
  readonly revision: string
}

/** The dialsip that answers at `listen` of a config; undefined where none does. */
export async function runningServer({ listen }: Config): Promise<RunningServer | undefined> {
  const server = listenUrl(listen)
  try {
    const response = await fetch(`${server}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { revision } = (await response.json()) as { readonly revision?: unknown }
    return typeof revision === 'string' ? { server, revision } : undefined
  } catch {
    return undefined
  }
}
