import { FINAL_STATUSES } from '../src/call/outcome.js'
import { noteNoProgress } from '../src/calls/call-record.js'
import { type Account, hasCredentials } from '../src/model/config.js'
import { type AccountApi, openAccount } from '../src/rest/account-api.js'
import type { Patience } from '../src/rest/failure.js'
import type { NoProgressResult, WatchedLeg } from '../src/state/progress-watch.js'
import { WORLD } from './admin/world.js'
import { bestEffort } from './best-effort.js'
import { type Leg, legKey } from './legs.js'
import type { Service } from './service.js'

/** A leg, and the account that its call belongs to. */
interface LegOfAccount extends Leg {
  readonly accountSid: string
}

/** No retries: the caller waits, and the leg may ring by then. */
const IMPATIENT: Patience = { timeoutMs: 2_000, budgetMs: 0 }

/**
 * Begins to watch a leg that was initiated, and ends that when it rings, is answered or is over. `seconds` is what the
 * TwiML wrote into the URL of the callback: empty where the dial has no `noProgress`.
 */
export function noteProgress(service: Service, leg: LegOfAccount, seconds: string): void {
  if (!/^\d{1,2}$/.test(seconds)) return
  const { progress, outcomes } = service
  const { callSid, parent, state } = leg
  if (FINAL_STATUSES.includes(state)) progress.hear(callSid, 'over')
  else if (state === 'ringing' || state === 'in-progress') progress.hear(callSid, 'ringing')
  // callbacks of a dial that has ended may still come
  else if (!outcomes.has(legKey(parent, callSid))) {
    progress.begin(watchedLeg(service, leg, Number(seconds)), Number(seconds))
    // Twilio's SDK takes some time to load: there is time for that while the clock runs
    apiOf(service, leg.accountSid)?.catch(() => {})
  }
}

function watchedLeg(service: Service, leg: LegOfAccount, seconds: number): WatchedLeg {
  const { callSid, parent, endpoint, accountSid } = leg
  return {
    callSid,
    parent,
    endpoint,
    async look() {
      const api = await apiOf(service, accountSid)
      if (!api) return undefined
      const { status } = await api.call(callSid)
      return { status, cancel: async () => (await api.endCall(callSid, 'canceled')).status }
    },
    ended(result, why) {
      bestEffort(service, parent, () => noteResult(service, leg, { seconds, result, why }))
    },
  }
}

const apis = new WeakMap<Account, Promise<AccountApi>>()

/** The account of a call as the config of now has it; undefined when no leg of it may be cancelled. */
function apiOf({ active }: Service, accountSid: string): Promise<AccountApi> | undefined {
  const { config } = active
  const account = config.accounts.find(({ sid }) => sid === accountSid)
  if (config.insecureSkipSignature || !account || !hasCredentials(account)) return undefined
  const api = apis.get(account) ?? openAccount(account, config.twilio, WORLD, IMPATIENT)
  apis.set(account, api)
  return api
}

interface NoProgress {
  readonly seconds: number
  readonly result: NoProgressResult
  readonly why: string | undefined
}

const SAYS: Readonly<Record<NoProgressResult, string>> = {
  canceled: 'it is cancelled',
  ringing: 'it is left alone, it rings or is answered',
  over: 'it is over already',
  failed: 'it is left alone, Twilio could not be asked',
  skipped: 'it is left alone, Twilio is not asked',
}

function noteResult(
  { active, book, log, meters }: Service,
  { parent, callSid, endpoint }: Leg,
  { seconds, result, why }: NoProgress,
): void {
  meters.noProgress(active.config, endpoint, result)
  const record = book.find(parent)
  if (record) noteNoProgress(record, endpoint, result)
  const line = { callSid: parent, leg: callSid, endpoint, noProgress: result, why }
  const text = `nothing was heard of the leg to ${endpoint} in ${seconds} s: ${SAYS[result]}`
  log[result === 'ringing' || result === 'over' ? 'info' : 'warn'](line, text)
}
