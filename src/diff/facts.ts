import { actionWords } from '../actions/table.js'
import {
  type Action,
  type ActionList,
  type Attributes,
  type DialAction,
  type Endpoint,
  type Hop,
  type HopSettings,
  hopsIn,
  isDial,
  type Screen,
} from '../model/config.js'
import { withoutPasswords } from '../sip/passwords.js'
import { templateText } from '../template/template.js'

/** What a list of actions does, one fact a line, for people: `dial frankfurt, timeout: 20`. Secrets are masked. */
export function factsOf(list: ActionList, where = ''): string[] {
  return list.actions.flatMap((action) => actionFacts(action, where))
}

/** The same in one line: `dial frankfurt, then dublin; otherwise say, record`. */
export function summaryOf(list: ActionList): string {
  const all = list.actions.map((action) => {
    if (!isDial(action)) return actionFacts(action, '')[0]!
    const { otherwise } = action
    const last = otherwise ? otherwise.actions.map(({ verb }) => verb).join(', ') : 'hang up'
    return `dial ${hopsIn(action.entries)
      .map(({ name }) => withoutPasswords(name))
      .join(', then ')}; otherwise ${last}`
  })
  return all.join('; ')
}

function actionFacts(action: Action, where: string): string[] {
  if (isDial(action)) return dialFacts(action, where)
  const { verb, value, attributes } = action
  const text = templateText(value)
  return [
    where + (text === '' ? actionWords(verb, text) : `${verb}: ${text}`),
    ...attributeFacts(attributes, where + verb),
  ]
}

function dialFacts(dial: DialAction, where: string): string[] {
  return [
    ...dial.entries.flatMap((entry) => {
      if ('hop' in entry) return hopFacts(entry.hop, where)
      const weights = entry.choices
        .map(({ name, weight }) => `${withoutPasswords(name)} ${weight}`)
        .join(', ')
      const hops = entry.choices.flatMap((choice) => choice.hops)
      return [`${where}split by ${entry.by}: ${weights}`, ...hops.flatMap((hop) => hopFacts(hop, where))]
    }),
    ...laterFacts(dial, where),
  ]
}

/** What follows the first hop of a dial. */
export function laterFacts(
  { failoverOn, otherwise }: Pick<DialAction, 'failoverOn' | 'otherwise'>,
  where: string,
): string[] {
  return [
    `${where}failover on: ${[...failoverOn].sort().join(', ')}`,
    ...(otherwise ? factsOf(otherwise, `${where}otherwise, `) : [`${where}otherwise: hang up`]),
  ]
}

function hopFacts(hop: Hop, where: string): string[] {
  return [
    ...settingFacts(hop, `${where}dial ${withoutPasswords(hop.name)}`),
    ...hop.endpoints.flatMap((endpoint) => endpointFacts(endpoint, where)),
  ]
}

/** How a hop rings; `dial` is what the facts call it. */
export function settingFacts(
  { attributes, callerId, refer, noProgress, screen }: HopSettings,
  dial: string,
): string[] {
  return [
    dial,
    ...attributeFacts(attributes, dial),
    ...(callerId ? [`${dial}, callerId: ${templateText(callerId)}`] : []),
    ...(refer ? [`${dial}, referUrl: true`] : []),
    ...(noProgress === undefined ? [] : [`${dial}, noProgress: ${noProgress}`]),
    ...(screen ? screenTexts(screen).map((text) => `${dial}, ${text}`) : []),
  ]
}

/** What a callee is asked first, and how. */
export function screenTexts({ say, accept, timeout, attributes }: Screen): string[] {
  return [
    `screen: ${templateText(say)}`,
    ...(accept === undefined ? [] : [`screen accepts: ${accept}, within ${timeout} s`]),
    ...attributeFacts(attributes, 'screen'),
  ]
}

function endpointFacts({ name, uri, number, attributes, maxCalls }: Endpoint, where: string): string[] {
  const endpoint = `${where}${withoutPasswords(name)}`
  const headers = uri?.headers ?? []
  return [
    `${endpoint}: ${uri ? uriText(uri) : number}`,
    ...headers.map((header) => `${endpoint}, header ${header.name}: ${templateText(header.value)}`),
    ...attributeFacts(attributes, endpoint),
    ...(maxCalls === undefined ? [] : [`${endpoint}, maxCalls: ${maxCalls}`]),
  ]
}

function uriText({ user, written }: NonNullable<Endpoint['uri']>): string {
  const text = user ? written.beforeUser + templateText(user) + written.afterUser : written.withoutUser
  return withoutPasswords(text)
}

/** `dial, timeout: 20`: attributes as facts; `of` is what they belong to. */
export function attributeFacts(attributes: Attributes, of: string): string[] {
  return attributeTexts(attributes).map((text) => `${of}, ${text}`)
}

/** `timeout: 20`, in the order of the alphabet. */
export function attributeTexts(attributes: Attributes): string[] {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}: ${name === 'password' ? '***' : value}`)
    .sort()
}

/** For a difference that no fact shows. */
export const HIDDEN = 'something that is not shown, such as a password'

/** The lines that are in only one of two texts, in order. */
interface LineChanges {
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Compares two lists of lines as `diff` does, by their longest common subsequence. */
export function lineChanges(before: readonly string[], after: readonly string[]): LineChanges {
  const kept = commonLengths(before, after)
  const removed: string[] = []
  const added: string[] = []
  let [at, there] = [0, 0]
  while (at < before.length && there < after.length) {
    if (before[at] === after[there]) {
      at += 1
      there += 1
    } else if (kept[at + 1]![there]! >= kept[at]![there + 1]!) {
      removed.push(before[at]!)
      at += 1
    } else {
      added.push(after[there]!)
      there += 1
    }
  }
  return { removed: [...removed, ...before.slice(at)], added: [...added, ...after.slice(there)] }
}

/** How many lines the two lists have in common from each pair of indexes on. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const kept = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let at = before.length - 1; at >= 0; at -= 1) {
    for (let there = after.length - 1; there >= 0; there -= 1) {
      kept[at]![there] =
        before[at] === after[there]
          ? kept[at + 1]![there + 1]! + 1
          : Math.max(kept[at + 1]![there]!, kept[at]![there + 1]!)
    }
  }
  return kept
}
