import type { Logger } from 'pino'
import { TwimlWriter } from '../src/actions/twiml-writer.js'
import { CallBook } from '../src/calls/call-book.js'
import { RecentKeys } from '../src/calls/recent-keys.js'
import { decide } from '../src/decide.js'
import type { More } from '../src/errors/print.js'
import type { ConfigError } from '../src/errors/problem.js'
import { forAccount } from '../src/for-account.js'
import type { Config } from '../src/model/config.js'
import type { State } from '../src/model/state.js'
import { Health } from '../src/state/health.js'
import { Limits } from '../src/state/limits.js'
import { CountRing, OutcomeHistory } from '../src/state/outcome-history.js'
import { Overrides } from '../src/state/overrides.js'
import { ProgressWatch, type WatchClock } from '../src/state/progress-watch.js'
import { RungEndpoints } from '../src/state/rung-endpoints.js'
import { type Keyring, keyring } from '../src/twilio/signature.js'
import type { DialLogs } from './log-decision.js'
import { Meters } from './meters.js'
import { Refusals } from './refusals.js'
import { WebhookSignatures } from './webhook-signatures.js'

/** A config with what is made of it once for all calls. A reload puts another in its place, whole. */
export interface ActiveConfig {
  readonly config: Config
  readonly keys: Keyring
  readonly writer: TwimlWriter
  readonly dialLogs: DialLogs
}

/** What the routes answer with. `active` is read again for every webhook. */
export interface Service {
  active: ActiveConfig
  /** The texts of `active`, packed and without secrets; undefined where they are not kept. */
  texts: Uint8Array<ArrayBuffer> | undefined
  /** What came of the last attempt to load the config. */
  reload: ReloadState
  readonly health: Health
  readonly limits: Limits
  readonly rung: RungEndpoints
  /** The legs that must ring or be answered in time (`noProgress`). */
  readonly progress: ProgressWatch
  readonly overrides: Overrides
  readonly book: CallBook
  /** The legs whose outcome was counted: a repeated webhook changes nothing. */
  readonly outcomes: RecentKeys
  /** Whether the replicas share what they know; undefined without `state` in the config. */
  shared: SharedState | undefined
  readonly meters: Meters
  /** What came of the calls to endpoints, over a day. */
  readonly history: OutcomeHistory
  /** How many calls began in each of the last sixty minutes. */
  readonly callsAMinute: CountRing
  readonly signatures: WebhookSignatures
  /** The name of the machine that it runs on, or of the pod; empty where that is not known. */
  readonly replica: string
  /** Epoch milliseconds of the start. */
  readonly startedAt: number
  /** How refused requests are logged. */
  readonly refusals: Refusals
  readonly log: Logger
  /** How many lines of the log could not be written. */
  readonly linesDropped: () => number
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly decide: typeof decide
}

/** What came of the last attempt to load the config. */
export interface ReloadState {
  readonly successful: boolean
  /** What went wrong in a few words: `2 errors, 1 warning`; empty after a success. */
  readonly failure: string
  /** Epoch milliseconds of the attempt. */
  readonly at: number
  /** Epoch milliseconds since when the config that decides does so. */
  readonly since: number
  /** What decides now, after a failed attempt as well. */
  readonly revision: string
  /** What was wrong with the files; with a success, what they were warned of. Of very many only the first ones. */
  readonly errors: readonly ConfigError[]
  /** How many more there were, for each code. */
  readonly more: readonly More[]
  /** The settings that differ from those that the process runs by, until it is started again. */
  readonly needsRestart: readonly string[]
}

/** The state of the link to the other replicas, for a gauge. */
export interface SharedState {
  readonly up: boolean
  /** Why it is not up; empty while it is. */
  readonly reason: string
}

/** The state that a call is decided with at one instant. The slots that the call itself holds are not counted. */
export function stateAt({ active, health, limits, overrides }: Service, now: number, callSid = ''): State {
  const { endpoints } = active.config
  return {
    overrides: overrides.at(now),
    standing(endpoint) {
      const most = endpoints.get(endpoint)?.maxCalls
      if (most !== undefined && limits.isFull(endpoint, most, callSid, now)) return 'full'
      return health.standing(endpoint, now, callSid)
    },
  }
}

/** Makes a config ready to answer calls. */
export function activate(config: Config): ActiveConfig {
  // what each account may reach is worked out now, not when its first call comes in
  for (const { sid } of config.accounts) forAccount(config, sid)
  return {
    config,
    keys: keyring(config.accounts),
    writer: new TwimlWriter(config.publicUrl),
    dialLogs: new WeakMap(),
  }
}

/** The timers do not keep the process alive. */
const CLOCK: WatchClock = {
  now: () => performance.now(),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}

/** A service with a config and an empty state; `more` replaces its parts. */
export function createService(config: Config, log: Logger, more: Partial<Service> = {}): Service {
  const now = more.now ?? Date.now
  const [at, { revision }] = [now(), config]
  return {
    active: activate(config),
    texts: undefined,
    reload: {
      successful: true,
      failure: '',
      at,
      since: at,
      revision,
      errors: [],
      more: [],
      needsRestart: [],
    },
    health: new Health(),
    limits: new Limits(),
    rung: new RungEndpoints(),
    progress: new ProgressWatch(CLOCK),
    overrides: new Overrides(),
    book: new CallBook(),
    outcomes: new RecentKeys(),
    meters: new Meters(),
    history: new OutcomeHistory(),
    callsAMinute: new CountRing(60, 60_000),
    signatures: new WebhookSignatures(),
    replica: '',
    startedAt: at,
    refusals: new Refusals(),
    shared: undefined,
    log,
    linesDropped: () => 0,
    now,
    decide,
    ...more,
  }
}
