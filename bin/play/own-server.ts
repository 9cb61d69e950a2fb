import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { Config, Listen } from '../../src/model/config.js'
import type { PackedTexts } from '../config-texts.js'
import { type Server, startServer } from '../server.js'

export const LOOPBACK = '127.0.0.1'

/** A server for imagined calls, and the config that it runs by. */
export interface OwnServer extends Server {
  readonly config: Config
  /** What it checks signatures with. */
  readonly token: string
}

/** Where it listens, and what time it is there. */
interface OwnServerOptions {
  readonly listen: Listen
  /** Default: no admin listener. */
  readonly adminListen?: Listen
  readonly now: () => number
  /** Of the config; default: it cannot be compared with another. */
  readonly texts?: PackedTexts | undefined
}

/**
 * Serves a config on loopback for imagined calls: with a throw-away token in place of the accounts' secrets, and with
 * nothing that other servers of this config share.
 */
export async function startOwnServer(
  given: Config,
  log: Logger,
  { listen, adminListen, now, texts }: OwnServerOptions,
): Promise<OwnServer> {
  const token = randomBytes(16).toString('hex')
  const accounts = given.accounts.map((account) => ({ ...account, authTokens: [token], sharedKeys: {} }))
  const admin = adminListen && { listen: adminListen, tokens: [], hosts: [] }
  const config: Config = { ...given, accounts, listen, admin, state: undefined }
  const server = await startServer(config, log, { ...(adminListen && { adminListen }), now, texts })
  return { ...server, config, token }
}
