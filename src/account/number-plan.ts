import { claimFor, forAccount } from '../for-account.js'
import type { Account, Config } from '../model/config.js'
import { parseAddress } from '../numbers/address.js'
import { exactClaims } from '../numbers/number-index.js'
import { matches, type PatternSet } from '../numbers/pattern-set.js'
import type { AccountNumber, NumberSettings } from '../rest/account-number.js'

/** The incoming numbers of one account. */
export interface Inventory {
  readonly account: Account
  readonly numbers: readonly AccountNumber[]
}

/** One setting that is not as it should be. */
interface Change {
  readonly name: keyof NumberSettings
  readonly is: string
  readonly shouldBe: string
}

/** How one number of an account stands beside the config. */
export interface PlannedNumber {
  readonly account: Account
  readonly number: AccountNumber
  /** The route that claims it; empty when none does. */
  readonly route: string
  readonly changes: readonly Change[]
  /** The trunk or TwiML application by which its calls go past every voice URL; empty when there is none. */
  readonly overruledBy: string
}

/** What `dialsip numbers` shows, and with `--apply` fixes. */
export interface NumberPlan {
  readonly numbers: readonly PlannedNumber[]
  /** Exact numbers that routes claim and none of their accounts has. */
  readonly missing: readonly { readonly number: string; readonly route: string }[]
}

/** Compares the accounts' numbers with the config, those that `only` holds if it is given. Pure. */
export function planNumbers(
  config: Config,
  inventories: readonly Inventory[],
  only?: PatternSet,
): NumberPlan {
  const desired = Object.entries(desiredSettings(config)) as [keyof NumberSettings, string][]
  const isMeant = (number: string) => !only || matches(only, parseAddress(number)) !== undefined
  const numbers = inventories.flatMap(({ account, numbers: all }) =>
    all.filter(({ phoneNumber }) => isMeant(phoneNumber)).map((number) => planned(account, number)),
  )
  const owned = new Set(numbers.filter(({ route }) => route !== '').map(({ number }) => number.phoneNumber))
  const missing = exactClaims(config.numbers)
    .filter(({ pattern }) => isMeant(pattern.text) && !owned.has(pattern.text))
    .map(({ pattern, route }) => ({ number: pattern.text, route }))
  return { numbers, missing }

  function planned(account: Account, number: AccountNumber): PlannedNumber {
    const own = forAccount(config, account.sid)
    const route = claimFor(own, parseAddress(number.phoneNumber))?.claim.route ?? ''
    const overruledBy = overruling(number)
    const changes = route === '' || overruledBy !== '' ? [] : desired.flatMap((one) => change(number, one))
    return { account, number, route, changes, overruledBy }
  }
}

function change(number: AccountNumber, [name, shouldBe]: [keyof NumberSettings, string]): Change[] {
  return number[name] === shouldBe ? [] : [{ name, is: number[name], shouldBe }]
}

/** Twilio: with a trunk or an application "the voice URLs are ignored"; an application takes the trunk away. */
function overruling({ voiceApplicationSid, trunkSid }: AccountNumber): string {
  if (voiceApplicationSid !== '') return `application ${voiceApplicationSid}`
  return trunkSid === '' ? '' : `trunk ${trunkSid}`
}

/** How many numbers stand how. */
interface PlanCounts {
  readonly inOrder: number
  readonly toChange: number
  /** Claimed, and past dialsip all the same. */
  readonly overruled: number
  readonly unclaimed: number
  readonly missing: number
}

export function countPlan({ numbers, missing }: NumberPlan): PlanCounts {
  const claimed = numbers.filter(({ route }) => route !== '')
  const overruled = claimed.filter(({ overruledBy }) => overruledBy !== '').length
  const toChange = claimed.filter(({ changes }) => changes.length > 0).length
  return {
    inOrder: claimed.length - overruled - toChange,
    toChange,
    overruled,
    unclaimed: numbers.length - claimed.length,
    missing: missing.length,
  }
}

/** Whether a call to a claimed number may not reach dialsip as it should. */
export function hasDrift({ toChange, overruled, missing }: PlanCounts): boolean {
  return toChange + overruled + missing > 0
}

/** How every number that a route claims should be set up at Twilio. What the config does not say is not compared. */
function desiredSettings({ publicUrl, twilio }: Pick<Config, 'publicUrl' | 'twilio'>): NumberSettings {
  const { retries, voiceFallbackUrl } = twilio
  return {
    voiceUrl: `${publicUrl.href}/voice${retries && `#${retries}`}`,
    voiceMethod: 'POST',
    ...(voiceFallbackUrl !== undefined && { voiceFallbackUrl, voiceFallbackMethod: 'POST' }),
    statusCallback: `${publicUrl.href}/status`,
    statusCallbackMethod: 'POST',
  }
}
