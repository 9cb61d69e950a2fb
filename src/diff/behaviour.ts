import type {
  Action,
  ActionList,
  Config,
  DialAction,
  DialStep,
  Endpoint,
  Hop,
  Screen,
} from '../config/config.js'
import { findDial, listAt } from '../routing/find-dial.js'
import { allHops } from '../routing/hop-names.js'
import { markOf } from '../routing/mark.js'
import { hasHoles, type Template } from '../template/template.js'

/**
 * What a list of actions does to a call, from the first verb to the end of every chain, in a form in which two
 * lists are equal if no caller and no endpoint can tell them apart. Names and ids are not in it.
 */
export interface Behaviour {
  /** Equal keys: the same behaviour, given the same values for the templates. Holds secrets: never shown. */
  readonly key: string
  readonly actions: ActionList
  /** The names that its templates use. */
  readonly uses: ReadonlySet<string>
  /** The endpoints that it rings, by first occurrence; equal behaviours have as many, perhaps renamed. */
  readonly endpoints: readonly string[]
  /** Whether the CallSid or the caller chooses among endpoints. */
  readonly isSplit: boolean
  /** Every failover entry in it, for whoever looks for an outcome that matters. */
  readonly failoverOn: readonly string[]
}

/** Works out the behaviour of a list that a route runs; `route` is empty where no route claims the number. */
export function behaviourOf(actions: ActionList, route: string, config: Config): Behaviour {
  const endpoints: string[] = []
  const uses = new Set<string>()
  const failoverOn = new Set<string>()
  let isSplit = false
  const form = listForm(actions, [])
  return {
    key: JSON.stringify(form),
    actions,
    uses,
    endpoints,
    isSplit,
    failoverOn: [...failoverOn],
  }

  function listForm(list: ActionList, seen: readonly object[]): unknown[] {
    return list.actions.map((action, at) => actionForm(action, list, at, [...seen, list]))
  }

  function actionForm(action: Action, list: ActionList, at: number, seen: readonly object[]): unknown {
    if (action.verb === 'dial') return ['dial', ...dialForm(action, seen)]
    if (action.verb === 'say') return ['say', textForm(action.text), sorted(action.attributes)]
    if (action.verb === 'record') return ['record', sorted(action.attributes), afterRecord(list, at, seen)]
    const { verb, ...rest } = action
    return [verb, 'attributes' in rest ? { ...rest, attributes: sorted(rest.attributes) } : rest]
  }

  /** A recording goes on with the list that its id leads to: usually the rest of its own. */
  function afterRecord(list: ActionList, at: number, seen: readonly object[]): unknown {
    const found = listAt(config, list.id)
    if (found === list) return at === list.actions.length - 1 ? 'end' : 'on'
    const rest = found?.actions.slice(at + 1) ?? []
    if (found && seen.includes(found)) return 'again'
    return rest.length === 0 ? 'end' : listForm({ id: list.id, actions: rest }, [...seen, found!])
  }

  function dialForm(dial: DialAction, seen: readonly object[]): unknown[] {
    const form = ownForm(dial, seen)
    return [...form, continuation(dial, JSON.stringify(form), seen)]
  }

  function ownForm(dial: DialAction, seen: readonly object[]): unknown[] {
    const hops = allHops(dial)
    for (const entry of dial.failoverOn) failoverOn.add(entry)
    return [
      dial.steps.flatMap(stepForms),
      // with one hop, what follows is the same whatever the outcome
      hops.length > 1 ? [...new Set(dial.failoverOn)].sort() : [],
      dial.otherwise ? listForm(dial.otherwise, [...seen, dial]) : 'hang up',
    ]
  }

  /** After a hop the dial is looked up by its plan; usually that is the dial itself. */
  function continuation(dial: DialAction, form: string, seen: readonly object[]): unknown {
    const plan = { dial: dial.id, mark: markOf(dial), hop: '', next: [], tried: [], route, rule: '' }
    const found = findDial(config, plan)
    if (found === dial) return 'on'
    const next = found ?? config.default
    if (seen.includes(next)) return 'again'
    if (!found) return listForm(config.default, [...seen, dial])
    const other = ownForm(found, [...seen, dial])
    return JSON.stringify(other) === form ? 'on' : other
  }

  function stepForms(step: DialStep): unknown[] {
    if ('hop' in step) return [hopForm(step.hop)]
    const [only, ...others] = step.choices
    if (others.length === 0) return (only?.hops ?? []).map(hopForm)
    isSplit = true
    const unit = step.choices.map(({ weight }) => weight).reduce(greatestCommonDivisor)
    const choices = step.choices.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    return [
      ['split', step.by, choices.map(({ name, weight, hops }) => [name, weight / unit, hops.map(hopForm)])],
    ]
  }

  function hopForm({ endpoints: ringing, attributes, callerId, screen, refer }: Hop): unknown {
    const own = callerId ? textForm(callerId) : null
    return [ringing.map(endpointForm), sorted(attributes), own, screen ? screenForm(screen) : null, refer]
  }

  function endpointForm({ name, uri, number, attributes, maxCalls }: Endpoint): unknown {
    if (!endpoints.includes(name)) endpoints.push(name)
    const where = uri && { ...uri, written: null, user: uri.user && textForm(uri.user) }
    const headers = uri?.headers.map(({ pair }) => textForm(pair))
    return [endpoints.indexOf(name), number ?? { ...where, headers }, sorted(attributes), maxCalls ?? null]
  }

  function textForm(text: Template): Template {
    if (hasHoles(text)) for (const part of text) if (typeof part !== 'string') uses.add(part.name)
    return text
  }
}

/** The text of a screen is filled without what the matched claim adds (`routing/screen-for.ts`). */
function screenForm({ say, accept, timeout, attributes }: Screen): unknown {
  return [say, accept ?? null, timeout, sorted(attributes)]
}

function sorted(attributes: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
