import type { Call } from './call/call.js'
import { noneCalled } from './errors/suggest.js'
import {
  type Account,
  type Action,
  type ActionList,
  type Config,
  type DialEntry,
  hopsIn,
  isDial,
} from './model/config.js'
import type { Address } from './numbers/address.js'
import { lookUp, type Match } from './numbers/number-index.js'

/** What a config is for the calls of one account, and the endpoints that only other accounts ring. */
interface Share {
  readonly config: Config
  readonly foreign: ReadonlySet<string>
}

/** The shares of a config by account SID. That of an account which the config does not know is under ''. */
const known = new WeakMap<Config, ReadonlyMap<string, Share>>()

/**
 * The config as the calls of an account see it: without the routes of other accounts, and without the actions, groups
 * and endpoints that only those lead to. What a URL names is looked up in it as well, since anyone with the auth
 * token of one account can sign any URL. A call of which no account is known sees all.
 */
export function forAccount(config: Config, accountSid: string): Config {
  return shareOf(config, accountSid)?.config ?? config
}

/** Whether only calls of other accounts ring an endpoint. */
export function isForeign(config: Config, accountSid: string, endpoint: string): boolean {
  return shareOf(config, accountSid)?.foreign.has(endpoint) ?? false
}

/** The claim that wins an address, if its route is among those of the config. */
export function claimFor(config: Config, to: Address): Match | undefined {
  return ownClaim(config, lookUp(config.numbers, to))
}

/** A claim that was found, if its route is among those of the config. */
export function ownClaim({ routes }: Config, found: Match | undefined): Match | undefined {
  return found && routes.has(found.claim.route) ? found : undefined
}

/** Why a route takes no calls of an account: `route berlin is for account production, not for sandbox`. */
export function notFor(
  config: Config,
  route: string,
  { accountSid }: Pick<Call, 'accountSid'>,
): string | undefined {
  if (!config.accountsApart || accountSid === '') return undefined
  const owners = config.routes.get(route)?.accounts
  if (!owners || owners.includes(accountSid)) return undefined
  const names = owners.map((sid) => nameOf(config, sid)).join(', ')
  return `route ${route} is for account ${names}, not for ${nameOf(config, accountSid)}`
}

/** The same as what the log warns of; nothing where the route takes the call. */
export function warningsFor(config: Config, route: string, call: Call): string[] {
  const why = notFor(config, route, call)
  return why === undefined ? [] : [why]
}

function nameOf({ accounts }: Config, accountSid: string): string {
  return accounts.find(({ sid }) => sid === accountSid)?.name ?? accountSid
}

function shareOf(config: Config, accountSid: string): Share | undefined {
  if (!config.accountsApart || accountSid === '') return undefined
  const shares = known.get(config) ?? sharesOf(config)
  known.set(config, shares)
  return shares.get(accountSid) ?? shares.get('')
}

/** What calls can reach: named actions by their ids, endpoints by their names. */
interface Reached {
  readonly lists: Set<string>
  readonly endpoints: Set<string>
}

interface Group extends Reached {
  /** Undefined: the calls of every account. */
  readonly accounts: readonly string[] | undefined
}

function sharesOf(config: Config): Map<string, Share> {
  const groups = groupsOf(config)
  return new Map(
    ['', ...config.accounts.map(({ sid }) => sid)].map((sid) => [sid, share(sid, groups, config)]),
  )
}

/** What calls can reach, by the accounts of the routes. `default` and the rules of the config are for all accounts. */
function groupsOf({ rules: ofConfig, routes, default: byDefault, otherwise }: Config): Group[] {
  const everybody = newGroup(undefined)
  const groups = new Map([['', everybody]])
  reach(byDefault, everybody)
  if (otherwise) reach(otherwise, everybody)
  for (const { actions } of ofConfig) reach(actions, everybody)
  for (const { accounts, rules } of routes.values()) {
    const key = accounts?.join(' ') ?? ''
    const group = groups.get(key) ?? newGroup(accounts)
    groups.set(key, group)
    for (const { actions } of rules) reach(actions, group)
  }
  return [...groups.values()]
}

function newGroup(accounts: Group['accounts']): Group {
  return { accounts, lists: new Set(), endpoints: new Set() }
}

/**
 * Collects ids, not the lists themselves: a list may be there twice after the config was sent from the loading
 * thread.
 */
function reach({ id, actions }: ActionList, reached: Reached): void {
  if (reached.lists.has(id)) return
  reached.lists.add(id)
  for (const action of actions) reachByDial(action, reached)
}

function reachByDial(action: Action, reached: Reached): void {
  if (!isDial(action)) return
  for (const name of ringingIn(action.entries)) reached.endpoints.add(name)
  if (action.otherwise) reach(action.otherwise, reached)
}

function ringingIn(entries: readonly DialEntry[]): string[] {
  return hopsIn(entries).flatMap(({ endpoints }) => endpoints.map(({ name }) => name))
}

function share(sid: string, groups: readonly Group[], config: Config): Share {
  const isOpen = (accounts: Group['accounts']) => accounts === undefined || accounts.includes(sid)
  const own = groups.filter(({ accounts }) => isOpen(accounts))
  const hasRest = isOpen(config.accountsApart!.rest)
  const foreign = new Set([...groups.flatMap(({ endpoints }) => [...endpoints]), ...config.endpoints.keys()])
  for (const name of foreign) if (isOwn('endpoints', name)) foreign.delete(name)
  return {
    foreign,
    config: {
      ...config,
      accountsApart: undefined,
      routes: kept(config.routes, ({ accounts }) => isOpen(accounts)),
      actions: kept(config.actions, isOwnAction),
      endpoints: kept(config.endpoints, ({ name }) => !foreign.has(name)),
      outbound: { ...config.outbound, groups: kept(config.outbound.groups, ringsOwn) },
    },
  }

  /** What no route leads to belongs to the accounts that `defaults` names. */
  function isOwn(kind: keyof Reached, name: string): boolean {
    if (own.some((group) => group[kind].has(name))) return true
    return hasRest && !groups.some((group) => group[kind].has(name))
  }

  /** An action that a list names among others is part of that list, so what it rings counts as well. */
  function isOwnAction(list: ActionList): boolean {
    const reached = newGroup(undefined)
    reach(list, reached)
    return isOwn('lists', list.id) && [...reached.endpoints].every((name) => !foreign.has(name))
  }

  function ringsOwn(entries: readonly DialEntry[]): boolean {
    return ringingIn(entries).every((name) => !foreign.has(name))
  }
}

function kept<V>(map: ReadonlyMap<string, V>, isKept: (value: V) => boolean): Map<string, V> {
  return new Map([...map].filter(([, value]) => isKept(value)))
}

/** The account that a SID or a name means; default: the first of the config. */
export function accountNamed(
  { accounts }: Pick<Config, 'accounts'>,
  named: string | undefined,
): Account | undefined {
  if (named === undefined) return accounts[0]
  return accounts.find(({ sid, name }) => sid === named || name === named)
}

/** Why there is no such account. */
export function noAccountCalled(named: string, { accounts }: Pick<Config, 'accounts'>): string {
  return noneCalled(
    'account',
    named,
    accounts.map(({ name }) => name),
  )
}
