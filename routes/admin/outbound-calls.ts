import { notePlaced } from '../../src/calls/call-record.js'
import { accountNamed, noAccountCalled } from '../../src/for-account.js'
import type { Account, Config } from '../../src/model/config.js'
import type { CallRequest, RequestFinding } from '../../src/outbound/call-request.js'
import type { Answer } from '../../src/outbound/idempotency.js'
import { NobodyWaits, Pace } from '../../src/outbound/pace.js'
import { type AccountApi, openAccount } from '../../src/rest/account-api.js'
import type { World } from '../../src/rest/failure.js'
import type { Service } from '../service.js'
import { failedAnswer, findingBody } from './call-answers.js'

interface CallOfAccount {
  readonly sid: string
  /** SID or name; default: the first account. */
  readonly account: string | undefined
}

/** Places calls and ends them, each account at its own pace, and says what came of it. */
export class OutboundCalls {
  readonly #paces = new Map<string, Pace>()
  readonly #accounts = new WeakMap<Account, Promise<AccountApi>>()

  constructor(
    readonly service: Service,
    readonly world: World,
  ) {}

  /** How many calls wait for their turn. */
  line(): { cps: number; waiting: number } {
    const waiting = [...this.#paces.values()].reduce((sum, pace) => sum + pace.waiting, 0)
    return { cps: this.service.active.config.outbound.cps, waiting }
  }

  /** `isAwaited` says, when it is the call's turn, whether anybody still waits for the answer. */
  async place(
    { account: sid, parameters }: CallRequest,
    warnings: readonly RequestFinding[],
    isAwaited: () => boolean,
  ): Promise<Answer> {
    const { active, book, log, now } = this.service
    return this.#ask(sid, 201, async (account) => {
      await this.#paceOf(sid).turn(active.config.outbound.cps)
      if (!isAwaited()) throw new NobodyWaits()
      const call = await account.createCall(parameters)
      notePlaced(book.open(call.sid, now()), call)
      log.info({ callSid: call.sid, account: sid }, 'outbound call placed')
      return { ...call, account: sid, warnings: warnings.map(findingBody) }
    })
  }

  show({ sid, account }: CallOfAccount): Promise<Answer> {
    return this.#ask(account, 200, (api) => api.call(sid))
  }

  end({ sid, account }: CallOfAccount, status: 'canceled' | 'completed'): Promise<Answer> {
    return this.#ask(account, 200, (api) => api.endCall(sid, status))
  }

  async #ask(
    named: string | undefined,
    status: number,
    ask: (api: AccountApi) => Promise<object>,
  ): Promise<Answer> {
    const { config } = this.service.active
    const account = accountNamed(config, named)
    if (!account) return notFound(noAccountCalled(`${named}`, config))
    try {
      return { status, body: await ask(await this.#open(account, config)), harmless: false }
    } catch (error) {
      const answer = failedAnswer(error)
      this.service.log.warn({ account: account.sid, status: answer.status }, (error as Error).message)
      return answer
    }
  }

  #open(account: Account, { twilio }: Config): Promise<AccountApi> {
    const open = this.#accounts.get(account) ?? openAccount(account, twilio, this.world)
    this.#accounts.set(account, open)
    return open
  }

  #paceOf(sid: string): Pace {
    const pace = this.#paces.get(sid) ?? new Pace(this.world)
    this.#paces.set(sid, pace)
    return pace
  }
}

function notFound(error: string): Answer {
  return { status: 404, body: { error }, harmless: true }
}
