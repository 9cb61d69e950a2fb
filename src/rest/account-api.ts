import type { Account, RestSettings } from '../model/config.js'
import type { CallParameters } from '../outbound/call-request.js'
import { type AccountNumber, accountNumber, type NumberSettings } from './account-number.js'
import { type CallState, callState } from './call-state.js'
import { connect } from './connect.js'
import { failureOf } from './failure.js'
import { type World, withRetries } from './retry.js'

/** What dialsip asks of Twilio's REST API, for one account. Everything may throw `TwilioFailure` or `NoCredentials`. */
export interface AccountApi {
  /** Places a call. What is not known to have failed is not repeated. */
  createCall(parameters: CallParameters): Promise<CallState>
  call(sid: string): Promise<CallState>
  /** Ends a call: `canceled` while it is queued or rings, `completed` at any time. */
  endCall(sid: string, status: 'canceled' | 'completed'): Promise<CallState>
  /** All incoming numbers, page by page. */
  numbers(): Promise<AccountNumber[]>
  setNumber(sid: string, settings: NumberSettings): Promise<void>
  /** The active accounts that these credentials reach: the account itself and its subaccounts. */
  accounts(): Promise<{ readonly sid: string; readonly name: string }[]>
}

/** Twilio's most. */
const PAGE_SIZE = 1000

/** Opens an account for requests. */
export async function openAccount(
  account: Account,
  settings: RestSettings,
  world: World,
): Promise<AccountApi> {
  const client = await connect(account, settings)
  const { v2010 } = client.api
  const { calls, incomingPhoneNumbers } = v2010.accounts(account.sid)
  return {
    createCall: (parameters) => once(async () => callState(await calls.create(parameters))),
    call: (sid) => repeatedly(async () => callState(await calls(sid).fetch())),
    endCall: (sid, status) => repeatedly(async () => callState(await calls(sid).update({ status }))),
    numbers: async () =>
      (await allPages(() => incomingPhoneNumbers.page({ pageSize: PAGE_SIZE }))).map(accountNumber),
    setNumber: (sid, changes) =>
      repeatedly(async () => void (await incomingPhoneNumbers(sid).update(changes))),
    accounts: async () =>
      (await allPages(() => v2010.accounts.page({ status: 'active', pageSize: PAGE_SIZE }))).map(
        ({ sid, friendlyName }) => ({ sid, name: friendlyName }),
      ),
  }

  function repeatedly<T>(ask: () => Promise<T>): Promise<T> {
    return withRetries(() => told(ask, account.name), true, world)
  }

  function once<T>(ask: () => Promise<T>): Promise<T> {
    return withRetries(() => told(ask, account.name), false, world)
  }

  async function allPages<T>(first: () => Promise<Page<T>>): Promise<T[]> {
    const found: T[] = []
    let page: Page<T> | undefined = await repeatedly(first)
    while (page) {
      found.push(...page.instances)
      const current: Page<T> = page
      page = current.nextPageUrl ? await repeatedly(() => current.nextPage()!) : undefined
    }
    return found
  }
}

interface Page<T> {
  readonly instances: T[]
  readonly nextPageUrl?: string
  nextPage(): Promise<Page<T>> | undefined
}

/** Whatever the SDK throws becomes a failure of ours. */
async function told<T>(ask: () => Promise<T>, name: string): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw failureOf(error, name)
  }
}
