import { claimFor, forAccount } from '../for-account.js'
import type { Account, Config } from '../model/config.js'
import { parseAddress, sipDomain } from '../numbers/address.js'
import { exactClaims } from '../numbers/number-index.js'
import { matches, type PatternSet } from '../numbers/pattern-set.js'
import {
  type AccountNumber,
  SETTING_NAMES,
  type VoiceResource,
  type VoiceSettings,
} from '../rest/voice-resources.js'
import { withoutPasswords } from '../sip/passwords.js'

/** What one account has that leads calls to a webhook. */
export interface Inventory {
  readonly account: Account
  readonly numbers: readonly AccountNumber[]
  /** SIP domains, applications, trunks. */
  readonly others: readonly VoiceResource[]
  /** By number, the Twilio region in which its calls are worked on, as far as it is known. */
  readonly regions?: ReadonlyMap<string, string>
}

/** One setting that is not as it should be. */
interface Change {
  readonly setting: keyof VoiceSettings
  /** As its kind calls it. */
  readonly name: string
  readonly is: string
  readonly shouldBe: string
}

/** A number, SIP domain, application or trunk of an account, compared with the config. */
export interface PlannedResource {
  readonly account: Account
  readonly resource: VoiceResource
  /** What makes it one of this config, such as `route berlin`; empty for one that is not, and is left alone. */
  readonly claim: string
  readonly changes: readonly Change[]
  /** The trunk, TwiML application or region by which a number's calls go past the voice URL; empty when there is none. */
  readonly overruledBy: string
  /** Why it is not of this config, or how to undo what overrules it. */
  readonly says: string
}

/** What `dialsip numbers` shows, and with `--apply` fixes. */
export interface AccountPlan {
  readonly planned: readonly PlannedResource[]
  /** Exact numbers and Twilio SIP domains that routes claim and none of their accounts has. */
  readonly missing: readonly {
    readonly kind: 'number' | 'SIP domain'
    readonly name: string
    readonly route: string
  }[]
}

/** What is looked at, and what a person has named. */
interface PlanScope {
  /** Numbers and SIP addresses; default: all. */
  readonly only?: PatternSet | undefined
  /** SIDs of applications, SIP domains and trunks that are to lead here wherever they lead today. */
  readonly named: ReadonlySet<string>
}

/** Compares what the accounts have with the config. Pure. */
export function planAccounts(
  config: Config,
  inventories: readonly Inventory[],
  scope: PlanScope,
): AccountPlan {
  const planned = inventories.flatMap((inventory) => planOf(config, inventory, scope))
  const owned = new Set(planned.filter(({ claim }) => claim !== '').map(({ resource }) => keyOf(resource)))
  return { planned, missing: claimsOf(config, scope).filter((claim) => !owned.has(keyOf(claim))) }
}

/** What an account must have: exact numbers, and Twilio's SIP domains. */
function claimsOf(config: Config, { only }: PlanScope): AccountPlan['missing'] {
  const numbers = exactClaims(config.numbers)
    .filter(({ pattern }) => isMeant(pattern.text, only))
    .map(({ pattern, route }) => ({ kind: 'number' as const, name: pattern.text, route }))
  const domains = [...config.numbers.hosts.keys()]
    .filter((host) => host.endsWith('.sip.twilio.com') && isMeantDomain(host, only))
    .map((name) => ({ kind: 'SIP domain' as const, name, route: routesOf(config, name)[0]! }))
  return [...numbers, ...domains]
}

function isMeant(number: string, only: PatternSet | undefined): boolean {
  return !only || matches(only, parseAddress(number)) !== undefined
}

function isMeantDomain(host: string, only: PatternSet | undefined): boolean {
  return !only || only.index.hosts.has(host)
}

/** A SIP domain may be called with a region or an edge in its name. */
function keyOf({ kind, name }: Pick<VoiceResource, 'kind' | 'name'>): string {
  return `${kind} ${sipDomain(name)}`
}

/** The routes for addresses of a SIP domain. */
function routesOf({ numbers, routes }: Config, host: string): string[] {
  const users = numbers.hosts.get(host)
  const claims = users
    ? [...users.exact.values(), ...users.prefixes.flatMap(({ byPrefix }) => [...byPrefix.values()])]
    : []
  return [...new Set(claims.map(({ route }) => route))].filter((route) => routes.has(route))
}

function planOf(config: Config, inventory: Inventory, { only, named }: PlanScope): PlannedResource[] {
  const { account, numbers, others, regions } = inventory
  const own = forAccount(config, account.sid)
  const desired = Object.entries(desiredSettings(config)) as [keyof VoiceSettings, string][]
  const home = config.twilio.region || 'us1'
  const voice = `${config.publicUrl.href}/voice`
  const plannedOthers = new Map(others.map((one) => [one.sid, plannedOther(one)]))
  return [
    ...numbers.filter(({ name }) => isMeant(name, only)).map(plannedNumber),
    ...others.filter(isShown).map(({ sid }) => plannedOthers.get(sid)!),
  ]

  function plannedNumber(number: AccountNumber): PlannedResource {
    const route = routeOf(number)
    if (route === '') return notOurs(number, 'claimed by no route')
    const planned = ours(number, `route ${route}`)
    const region = regionOf(number)
    if (region !== home)
      return overruled(
        planned,
        `region ${region}`,
        'has no effect here; set twilio.region and the auth token of that region',
      )
    const { voiceApplicationSid, trunkSid } = number
    if (voiceApplicationSid !== '') return overruledUnlessOurs(planned, 'application', voiceApplicationSid)
    return trunkSid === '' ? planned : overruledUnlessOurs(planned, 'trunk', trunkSid)
  }

  /**
   * Twilio: with a trunk or an application "the voice URLs are ignored"; an application takes the trunk away. If that
   * leads here, nothing is wrong: of a trunk, dialsip is the disaster recovery.
   */
  function overruledUnlessOurs(planned: PlannedResource, kind: string, sid: string): PlannedResource {
    const taker = plannedOthers.get(sid)
    if (taker && taker.claim !== '') return { ...planned, changes: [] }
    if (!taker || kind === 'trunk')
      return overruled(planned, `${kind} ${sid}`, 'has no effect; remove it in the Console')
    return overruled(
      planned,
      `${kind} ${sid}`,
      `has no effect; it ${taker.says}: --claim it, or remove it in the Console`,
    )
  }

  function plannedOther(resource: VoiceResource): PlannedResource {
    const claim = claimOf(resource)
    return claim === '' ? notOurs(resource, whyNot(resource)) : ours(resource, claim)
  }

  function claimOf({ kind, sid, name, voiceUrl }: VoiceResource): string {
    if (named.has(sid)) return '--claim'
    if (kind === 'SIP domain')
      return routesOf(own, sipDomain(name))
        .map((route) => `route ${route}`)
        .join(', ')
    const [first, ...more] = usersOf(sid)
    if (first && [first, ...more].every((number) => routeOf(number) !== ''))
      return `of ${first.name}${more.length === 0 ? '' : ` and ${more.length} more`}`
    return leadsHere(voiceUrl) ? 'leads here' : ''
  }

  /** What is not of this config, in words after its name. */
  function whyNot({ kind, sid, voiceUrl }: VoiceResource): string {
    if (kind === 'SIP domain') return 'claimed by no route'
    const goes = voiceUrl === '' ? 'leads nowhere' : `leads to ${withoutPasswords(voiceUrl)}`
    const other = usersOf(sid).find((number) => routeOf(number) === '')
    return other ? `${goes}, also for ${other.name}, which no route claims` : goes
  }

  /** The numbers that have an application, and whose calls are worked on here. */
  function usersOf(application: string): AccountNumber[] {
    return numbers.filter((number) => number.voiceApplicationSid === application && regionOf(number) === home)
  }

  function isShown({ kind, sid, name }: VoiceResource): boolean {
    if (!only || named.has(sid)) return true
    if (kind === 'SIP domain') return isMeantDomain(sipDomain(name), only)
    return usersOf(sid).some((number) => isMeant(number.name, only))
  }

  function routeOf({ name }: AccountNumber): string {
    return claimFor(own, parseAddress(name))?.claim.route ?? ''
  }

  function regionOf({ name }: AccountNumber): string {
    return regions?.get(name) ?? home
  }

  function ours(resource: VoiceResource, claim: string): PlannedResource {
    return { account, resource, claim, changes: changesOf(resource), overruledBy: '', says: '' }
  }

  function notOurs(resource: VoiceResource, says: string): PlannedResource {
    return { account, resource, claim: '', changes: [], overruledBy: '', says }
  }

  function overruled(planned: PlannedResource, overruledBy: string, says: string): PlannedResource {
    return { ...planned, changes: [], overruledBy, says }
  }

  /** A query of its own is a mark that rules ask for by `params`, so what has one is left as it is. */
  function changesOf(resource: VoiceResource): Change[] {
    const { kind, voiceUrl } = resource
    if (kind !== 'number' && voiceUrl.startsWith(`${voice}?`)) return []
    return desired.flatMap(([setting, shouldBe]) => {
      const name = SETTING_NAMES[kind][setting]
      const is = resource[setting]
      return name === undefined || is === shouldBe
        ? []
        : [{ setting, name, is: withoutPasswords(is), shouldBe }]
    })
  }

  function leadsHere(url: string): boolean {
    return url.replace(/[?#].*/s, '') === voice
  }
}

/** How what leads calls here should be set up at Twilio. What the config does not say is not compared. */
function desiredSettings({
  publicUrl,
  twilio,
}: Pick<Config, 'publicUrl' | 'twilio'>): Partial<VoiceSettings> {
  const { retries, voiceFallbackUrl } = twilio
  return {
    voiceUrl: `${publicUrl.href}/voice${retries && `#${retries}`}`,
    voiceMethod: 'POST',
    ...(voiceFallbackUrl !== undefined && { voiceFallbackUrl, voiceFallbackMethod: 'POST' }),
    statusCallback: `${publicUrl.href}/status`,
    statusCallbackMethod: 'POST',
  }
}
