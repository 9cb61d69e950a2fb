import { planQuery, queryString, resumeQuery } from '../dial/plan.js'
import type { ElementAction, Endpoint, Hop, PublicUrl } from '../model/config.js'
import type { DialStep, Plan, Resume, Step, Target } from '../model/decision.js'
import {
  type Element,
  fill,
  hole,
  type Skeleton,
  skeleton,
  twimlDocument,
  xmlBuilder,
} from '../xml/document.js'
import { escapeXml } from '../xml/escape.js'
import { elementKind } from './table.js'

/**
 * Writes the TwiML of decisions. Each element is built once, when a call first needs it, and kept with holes for
 * the values of a call; elements that are the same share what was built, so that a thousand routes with the same
 * attributes cost no more than one. The writer belongs to one config and is dropped with it.
 */
export class TwimlWriter {
  readonly #base: string
  readonly #built = new Map<string, Skeleton>()
  readonly #actions = new WeakMap<ElementAction, Skeleton>()
  /** `<Dial>` by the attributes that many hops share: without and with a caller id, then both with `referUrl`. */
  readonly #dials = new WeakMap<Hop['attributes'], Skeleton[]>()
  readonly #endpoints = new WeakMap<Endpoint, Skeleton>()
  /** The same by the seconds of their `noProgress`. */
  readonly #limited = new Map<number, WeakMap<Endpoint, Skeleton>>()
  readonly #plans = new WeakMap<Plan, string>()

  constructor(publicUrl: PublicUrl) {
    this.#base = publicUrl.href
    // loaded now, and not while the first call waits
    xmlBuilder()
  }

  /** The TwiML document of these steps. Throws when it would be longer than Twilio takes. */
  write(steps: readonly Step[]): string {
    let elements = ''
    for (const step of steps) elements += this.#element(step)
    return twimlDocument(elements)
  }

  #element(step: Step): string {
    if ('hop' in step) return this.#dial(step)
    const { action, text, resume } = step
    const content = elementKind(step.verb).content?.(text) ?? ''
    return fill(this.#kept(action), { content, action: resume ? escapeXml(this.#resumeUrl(resume)) : '' })
  }

  #dial({ hop, targets, callerId, plan }: DialStep): string {
    const values = { plan: this.#planText(plan), callerId: callerId ?? '', targets: '' }
    for (const target of targets) values.targets += this.#target(target, hop, values.plan)
    return fill(this.#dialSkeleton(hop, callerId !== undefined), values)
  }

  /** The plan with which a dial begins serves many calls; it is frozen then. */
  #planText(plan: Plan): string {
    const known = this.#plans.get(plan)
    if (known !== undefined) return known
    const text = escapeXml(planQuery(plan))
    if (Object.isFrozen(plan)) this.#plans.set(plan, text)
    return text
  }

  #dialSkeleton(hop: Hop, withCallerId: boolean): Skeleton {
    let built = this.#dials.get(hop.attributes)
    if (!built) {
      built = []
      this.#dials.set(hop.attributes, built)
    }
    const at = Number(withCallerId) + 2 * Number(hop.refer)
    built[at] ??= this.#build(dialElement(hop, withCallerId, this.#base))
    return built[at]
  }

  #target({ endpoint, address }: Target, hop: Hop, plan: string): string {
    const built = hop.noProgress === undefined ? this.#endpoints : this.#limitedBy(hop.noProgress)
    let parts = built.get(endpoint)
    if (!parts) {
      parts = this.#build(targetElement(endpoint, hop, this.#base))
      built.set(endpoint, parts)
    }
    return fill(parts, { address: escapeXml(address), plan })
  }

  #limitedBy(seconds: number): WeakMap<Endpoint, Skeleton> {
    const known = this.#limited.get(seconds) ?? new WeakMap()
    this.#limited.set(seconds, known)
    return known
  }

  #kept(action: ElementAction): Skeleton {
    let parts = this.#actions.get(action)
    if (!parts) {
      parts = this.#build(elementOf(action, this.#base))
      this.#actions.set(action, parts)
    }
    return parts
  }

  #build(element: Element): Skeleton {
    const key = JSON.stringify(element)
    const parts = this.#built.get(key) ?? skeleton(element)
    this.#built.set(key, parts)
    return parts
  }

  #resumeUrl(resume: Resume): string {
    return `${this.#base}/recorded?${resumeQuery(resume)}`
  }
}

/** An element that `resumes` gets our `action`: without one Twilio would request the same document again, for ever. */
function elementOf(action: ElementAction, base: string): Element {
  const { element, attributes, content, resumes } = elementKind(action.verb)
  return {
    name: element,
    attributes: {
      ...(attributes?.(action, base) ?? action.attributes),
      ...(resumes && { action: hole('action') }),
    },
    ...(content && { content: hole('content') }),
  }
}

/**
 * The steps of a leg's progress that dialsip asks for: `ringing` tells a silent endpoint from a phone that nobody
 * answers.
 */
const EVENTS = 'initiated ringing answered completed'

/** `<Dial>`: `action` brings the outcome back with the plan; `callerId` and `referUrl` only where there are any. */
function dialElement(hop: Hop, withCallerId: boolean, base: string): Element {
  const attributes = {
    ...hop.attributes,
    action: `${base}/dialed?${hole('plan')}`,
    ...(withCallerId && { callerId: hole('callerId') }),
    ...(hop.refer && { referUrl: `${base}/refer?${hole('plan')}` }),
  }
  return { name: 'Dial', attributes, content: hole('targets') }
}

/** The steps by which a leg is known to be silent or not (`noProgress`). */
const NEEDED = ['initiated', 'ringing', 'answered']

/** `<Sip>` or `<Number>`: reports its progress to dialsip, unless the config sends that elsewhere. */
function targetElement(endpoint: Endpoint, hop: Hop, base: string): Element {
  const noProgress = noProgressOf(hop, endpoint)
  const { statusCallback, statusCallbackEvent = EVENTS } = endpoint.attributes
  const attributes = {
    ...(hop.screen && { url: `${base}/screen?${hole('plan')}` }),
    statusCallback: `${base}/status?${queryString({ endpoint: endpoint.name, noProgress })}`,
    ...(!statusCallback && { statusCallbackEvent: EVENTS }),
    ...endpoint.attributes,
    ...(!statusCallback && noProgress !== '' && { statusCallbackEvent: withNeeded(statusCallbackEvent) }),
  }
  return { name: endpoint.uri ? 'Sip' : 'Number', attributes, content: hole('address') }
}

/** The seconds travel in the URL, so that any replica that hears of the leg knows them; empty when there is no limit. */
function noProgressOf({ name, noProgress }: Hop, endpoint: Endpoint): string {
  // of several that ring at once the phone numbers have none
  const holds = noProgress !== undefined && (endpoint.uri !== undefined || endpoint.name === name)
  return holds ? String(noProgress) : ''
}

function withNeeded(events: string): string {
  const asked = [...events.split(' '), ...NEEDED]
  return EVENTS.split(' ')
    .filter((event) => asked.includes(event))
    .join(' ')
}
