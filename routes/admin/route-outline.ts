import { z } from 'zod'
import { schedulesOf } from '../../src/conditions/table.js'
import { type RoutePlaces, routePlace } from '../../src/config/route-places.js'
import { summaryOf } from '../../src/diff/facts.js'
import {
  type ActionList,
  type Config,
  type DialAction,
  type DialEntry,
  type Hop,
  isDial,
  type Rule,
} from '../../src/model/config.js'
import { type Override, overrideText } from '../../src/model/state.js'
import { secretMasker } from '../../src/sip/masker.js'
import type { Plain } from './operation.js'
import type { RouteEntry } from './route-index.js'
import { RULE_NOW } from './rule-now.js'

const texts = z.array(z.string())
const place = z
  .string()
  .optional()
  .describe(
    '`FILE:LINE`; missing where the files have changed since, and for what a table of numbers has made',
  )
const more = z.int().optional().describe('How many further ones there are')

const hopOutline = z
  .object({
    name: z.string(),
    endpoints: texts.describe('They ring at once'),
    split: z
      .object({
        by: z.enum(['call', 'caller']),
        choice: z.string(),
        weight: z.number(),
        step: z.int().describe('Which of the dial’s entries it is from; those of one split have the same'),
      })
      .optional()
      .describe('Of a hop that is tried first in a share of the calls'),
  })
  .meta({ id: 'HopOutline' })

const listOutline = z
  .object({
    id: z.string().describe('Such as `berlin/2`, `@voicemail`, `berlin/2/otherwise`, `@@default`'),
    place,
    says: z.string().describe('In words: `dial frankfurt, then dublin; otherwise say, record`'),
    actions: z.array(z.object({ verb: z.string(), says: z.string() })),
    dial: z
      .object({
        hops: z.array(hopOutline),
        more,
        failoverOn: texts.describe('Outcome classes and SIP codes after which the next hop is tried'),
        otherwise: z.string().optional().describe('The `id` of a list; missing when the call ends'),
      })
      .optional()
      .describe('The dial that ends it, if it has one'),
  })
  .meta({ id: 'ListOutline' })

const ruleOutline = z
  .object({
    rule: z.string().describe('Name or place from 1; empty for the action of a route without rules'),
    place,
    conditions: texts.describe('All must hold; in the words of the config'),
    schedules: texts.describe('Those that the conditions ask'),
    fits: z
      .enum(RULE_NOW)
      .describe('Whether a call of now fits: `no` by the time or the called number, `depends` on its caller'),
    list: z.string().describe('The `id` of the actions'),
  })
  .meta({ id: 'RuleOutline' })

const routeOutline = z
  .object({
    name: z.string(),
    place,
    accounts: texts.optional().describe('The SIDs of those whose calls it takes; missing for all'),
    claims: z.int().describe('How many numbers and patterns lead to it'),
    patterns: texts.describe('The first ten of them'),
    override: z
      .object({ says: z.string(), list: z.string().describe('The `id` of the actions that hold instead') })
      .optional()
      .describe('What an operator has set it to'),
    rules: z.array(ruleOutline).describe('The first that fits decides; where none does, `default`'),
    more,
  })
  .meta({ id: 'RouteOutline' })

/** What of a config is shown with some of its routes. */
export const outlineShape = {
  configRules: z.array(ruleOutline).describe('Asked before the route'),
  routes: z.array(routeOutline),
  default: z.string().describe('The `id` of what becomes of a call that no route claims and no rule fits'),
  lists: z.array(listOutline).describe('The actions that all these lead to, each list once'),
}

const outline = z.object(outlineShape)

/** Some routes in outline. */
export type Outline = Plain<z.output<typeof outline>>

const [LONGEST_TEXT, MOST_RULES, MOST_HOPS] = [300, 200, 100]

/** What of routes is not in the config: how things are now. */
export interface OutlineNow {
  fits(rule: Rule): (typeof RULE_NOW)[number]
  overrideOf(route: string): Override | undefined
}

/** Routes as a picture shows them: rules, what they lead to, and what follows that. Without secrets, and never endless. */
export function outlineOf(
  entries: readonly RouteEntry[],
  config: Config,
  places: RoutePlaces | undefined,
  { fits, overrideOf }: OutlineNow,
): Outline {
  const mask = secretMasker(config.secrets)
  const lists = new Map<string, Outline['lists'][number]>()
  return {
    configRules: config.rules
      .slice(0, MOST_RULES)
      .map((rule, at) => outlineRule(rule, places?.configRules[at])),
    routes: entries.map(outlineRoute),
    default: outlineList(config.default),
    lists: [...lists.values()],
  }

  function outlineRoute({ route, at, claims, patterns }: RouteEntry): Outline['routes'][number] {
    const { name, accounts, rules } = route
    const written = places && routePlace(places, at)
    return {
      name: mask(name),
      place: written?.route,
      accounts,
      claims,
      patterns,
      override: outlineOverride(overrideOf(name)),
      rules: rules.slice(0, MOST_RULES).map((rule, place) => outlineRule(rule, written?.rules[place])),
      more: beyond(rules, MOST_RULES),
    }
  }

  /** One whose action is no longer in the config has no effect. */
  function outlineOverride(override: Override | undefined) {
    const actions = override && config.actions.get(override.to)
    return actions && { says: short(overrideText(override)), list: outlineList(actions) }
  }

  function outlineRule(rule: Rule, written: string | undefined) {
    const { name, conditions, actions } = rule
    return {
      rule: name ?? '',
      place: written,
      conditions: conditions.map(({ text }) => short(text)),
      schedules: schedulesOf(conditions),
      fits: fits(rule),
      list: outlineList(actions),
    }
  }

  /** Keeps the outline of a list, and of what follows it; gives its id. */
  function outlineList(list: ActionList): string {
    const { id, actions } = list
    if (lists.has(id)) return mask(id)
    const dial = actions.find(isDial)
    const shown = {
      id: mask(id),
      place: id.startsWith('@') ? places?.actions.get(id.slice(1)) : undefined,
      says: short(summaryOf(list)),
      actions: actions.map((action) => ({
        verb: action.verb,
        says: short(summaryOf({ id, actions: [action] })),
      })),
    }
    lists.set(id, shown)
    if (dial) lists.set(id, { ...shown, dial: outlineDial(dial) })
    return mask(id)
  }

  function outlineDial({ entries, failoverOn, otherwise }: DialAction) {
    const hops = entries.flatMap(hopsOf)
    return {
      hops: hops.slice(0, MOST_HOPS),
      more: beyond(hops, MOST_HOPS),
      failoverOn,
      otherwise: otherwise && outlineList(otherwise),
    }
  }

  function hopsOf(entry: DialEntry, step: number) {
    if ('hop' in entry) return [outlineHop(entry.hop)]
    const { by, choices } = entry
    return choices.flatMap(({ name, weight, hops }) =>
      hops.map((hop) => ({ ...outlineHop(hop), split: { by, choice: mask(name), weight, step } })),
    )
  }

  function outlineHop({ name, endpoints }: Hop) {
    return { name: mask(name), endpoints: endpoints.map((endpoint) => mask(endpoint.name)) }
  }

  function short(text: string): string {
    const shown = mask(text)
    return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown
  }
}

function beyond(all: readonly unknown[], most: number): number | undefined {
  return all.length > most ? all.length - most : undefined
}
