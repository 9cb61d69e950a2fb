import type { Paint } from '../errors/print.js'
import { visibleAll } from '../errors/visible.js'
import { claimFor, forAccount } from '../for-account.js'
import type { Account, Config } from '../model/config.js'
import { parseAddress } from '../numbers/address.js'
import { exactClaims } from '../numbers/number-index.js'
import { matches, type PatternSet } from '../numbers/pattern-set.js'
import type { AccountNumber, NumberSettings } from '../rest/account-api.js'

/** The incoming numbers of one account. */
export interface Inventory {
  readonly account: Account
  readonly numbers: readonly AccountNumber[]
  /** By number, the Twilio region in which its calls are worked on, as far as it is known. */
  readonly regions?: ReadonlyMap<string, string>
}

/** One setting that is not as it should be. */
interface Change {
  readonly name: keyof NumberSettings
  readonly is: string
  readonly shouldBe: string
}

/** One number of an account, compared with the config. */
export interface PlannedNumber {
  readonly account: Account
  readonly number: AccountNumber
  /** The route that claims it; empty when none does. */
  readonly route: string
  readonly changes: readonly Change[]
  /** The trunk, TwiML application or region by which its calls go past the voice URL; empty when there is none. */
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
  const looksAt = config.twilio.region || 'us1'
  const isMeant = (number: string) => !only || matches(only, parseAddress(number)) !== undefined
  const numbers = inventories.flatMap(({ account, numbers: all, regions }) =>
    all
      .filter(({ phoneNumber }) => isMeant(phoneNumber))
      .map((number) => planned(account, number, regions?.get(number.phoneNumber))),
  )
  const owned = new Set(numbers.filter(({ route }) => route !== '').map(({ number }) => number.phoneNumber))
  const missing = exactClaims(config.numbers)
    .filter(({ pattern }) => isMeant(pattern.text) && !owned.has(pattern.text))
    .map(({ pattern, route }) => ({ number: pattern.text, route }))
  return { numbers, missing }

  function planned(account: Account, number: AccountNumber, region = looksAt): PlannedNumber {
    const own = forAccount(config, account.sid)
    const route = claimFor(own, parseAddress(number.phoneNumber))?.claim.route ?? ''
    const overruledBy = region === looksAt ? overruling(number) : `region ${region}`
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

/** How many numbers are in which state. */
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

/** The plan for people, as Terraform shows one: what is in order is counted, the rest is listed. */
export function planText(given: NumberPlan, paint: Paint): string {
  const plan = visibleAll(given)
  const listed = [
    ...plan.numbers.flatMap((planned) => numberLines(planned, paint)),
    ...plan.missing.map(
      ({ number, route }) =>
        `${paint('red', '-')} ${number}  claimed by route ${route}, in none of the accounts`,
    ),
  ]
  return [...listed, ...(listed.length > 0 ? [''] : []), summary(plan)].join('\n')
}

function numberLines(
  { account, number, route, changes, overruledBy }: PlannedNumber,
  paint: Paint,
): string[] {
  const head = `${number.phoneNumber}  ${number.friendlyName}  account ${account.name}`
  if (route === '') return [`${paint('dim', '?')} ${head}  claimed by no route`]
  if (overruledBy !== '')
    return [
      `${paint('red', '!')} ${head}  route ${route}`,
      `    ${overruledBy} takes its calls, so a voice URL has no effect${overruledBy.startsWith('region ') ? ' here; set twilio.region and the auth token of that region' : '; remove it in the Console'}`,
    ]
  if (changes.length === 0) return []
  const width = Math.max(...changes.map(({ name }) => name.length))
  return [
    `${paint('yellow', '~')} ${head}  route ${route}`,
    ...changes.map(({ name, is, shouldBe }) => `    ${name.padEnd(width)}  ${is || '(none)'} → ${shouldBe}`),
  ]
}

function summary(plan: NumberPlan): string {
  const { inOrder, toChange, overruled, unclaimed, missing } = countPlan(plan)
  return `${inOrder} in order, ${toChange} to change, ${overruled} past dialsip, ${unclaimed} claimed by no route, ${missing} missing`
}

/** The plan for machines: every number, those in order included. */
export function planJson(plan: NumberPlan): object {
  return {
    counts: countPlan(plan),
    numbers: plan.numbers.map(({ account, number, route, changes, overruledBy }) => ({
      account: account.sid,
      sid: number.sid,
      phoneNumber: number.phoneNumber,
      friendlyName: number.friendlyName,
      route: route || null,
      overruledBy: overruledBy || null,
      changes,
    })),
    missing: plan.missing,
  }
}
