import type { Logger } from 'pino'
import type { CallBook } from '../src/call/call-book.js'
import type { Config } from '../src/config/config.js'
import type { Health } from '../src/health/health.js'
import type { decide } from '../src/routing/decide.js'
import { type Keyring, keyring } from '../src/twilio/keyring.js'
import { TwimlWriter } from '../src/twiml/writer.js'
import type { Meters } from './meters.js'

/** A config with what is made of it once for all calls. A reload puts another in its place, whole. */
export interface ActiveConfig {
  readonly config: Config
  readonly keys: Keyring
  readonly writer: TwimlWriter
}

/** What the routes answer with. `active` is read anew for every webhook. */
export interface Service {
  active: ActiveConfig
  readonly health: Health
  readonly book: CallBook
  readonly meters: Meters
  /** What came of the last attempt to load the config. */
  reload?: { readonly successful: boolean; readonly since: number }
  /** The calls that endpoints have now. */
  readonly limits?: { count(endpoint: string, now: number): number }
  /** Whether the replicas share what they know; undefined without `state` in the config. */
  readonly shared?: { readonly up: boolean } | undefined
  readonly log: Logger
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly decide: typeof decide
}

/** Makes a config ready to answer calls. */
export function activate(config: Config): ActiveConfig {
  return { config, keys: keyring(config.accounts), writer: new TwimlWriter(config.publicUrl) }
}
