import { dialElement, targetElement } from '../dial/element.js'
import { planQuery, resumeQuery } from '../dial/plan.js'
import type { Action, Endpoint, Hop, PublicUrl } from '../model/config.js'
import type { DialStep, Plan, Resume, Step, Target } from '../model/decision.js'
import { escapeXml } from '../xml/escape.js'
import { type Element, fill, hole, type Skeleton, skeleton } from '../xml/skeleton.js'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?><Response>'
const TAIL = '</Response>'

/** The document that does nothing: the call ends, or a screened call is put through. */
export const EMPTY_TWIML = `${HEAD}${TAIL}`

/** The document of these elements. Throws when it would be longer than Twilio takes. */
export function twimlDocument(elements: string): string {
  const xml = HEAD + elements + TAIL
  if (xml.length * 3 > MOST_BYTES && Buffer.byteLength(xml) > MOST_BYTES) {
    throw new RangeError(`the TwiML has ${Buffer.byteLength(xml)} bytes; Twilio takes ${MOST_BYTES}`)
  }
  return xml
}

/** The content of a `<Say>`: escaped, and no longer than Twilio says it. */
export function saidText(text: string): string {
  return escapeXml(text.slice(0, MOST_SAID))
}

/** Twilio refuses documents of 64 kB and more (error 11750). */
const MOST_BYTES = 64 * 1024 - 1

/** A longer text is cut: Twilio says 4096 characters at most ("TwiML <Say>"). */
const MOST_SAID = 4096

/** Elements without content. */
const EMPTY: readonly Action['verb'][] = ['record', 'reject']

/**
 * Writes the TwiML of decisions. Each element is built once, when a call first needs it, and kept with holes for
 * the values of a call; elements that are the same share what was built, so that a thousand routes with the same
 * attributes cost no more than one. The writer belongs to one config and is dropped with it.
 */
export class TwimlWriter {
  readonly #base: string
  readonly #built = new Map<string, Skeleton>()
  readonly #actions = new WeakMap<Action, Skeleton>()
  readonly #hops = new WeakMap<Hop, Skeleton>()
  readonly #endpoints = new WeakMap<Endpoint, Skeleton>()
  readonly #plans = new WeakMap<Plan, string>()

  constructor(publicUrl: PublicUrl) {
    this.#base = publicUrl.href
  }

  /** The TwiML document of these steps. Throws when it would be longer than Twilio takes. */
  write(steps: readonly Step[]): string {
    let elements = ''
    for (const step of steps) elements += this.#element(step)
    return twimlDocument(elements)
  }

  #element(step: Step): string {
    switch (step.verb) {
      case 'dial':
        return this.#dial(step)
      case 'say':
        return fill(this.#kept(step.action, 'Say', step.action.attributes), {
          content: saidText(step.text),
        })
      case 'play':
        return fill(this.#kept(step.action, 'Play', step.action.attributes), {
          content: escapeXml(step.action.url),
        })
      case 'record':
        return fill(this.#kept(step.action, 'Record', this.#recordAttributes(step.action.attributes)), {
          action: escapeXml(this.#resumeUrl(step.resume)),
        })
      case 'redirect':
        return fill(this.#kept(step.action, 'Redirect', step.action.attributes), {
          content: escapeXml(step.action.url),
        })
      case 'reject':
        return fill(this.#kept(step.action, 'Reject', { reason: step.action.reason }), {})
      default:
        return '<Hangup/>'
    }
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
    const usual = withCallerId === (hop.callerId !== undefined)
    const known = usual ? this.#hops.get(hop) : undefined
    const parts = known ?? this.#build(dialElement(hop, withCallerId, this.#base))
    if (usual && !known) this.#hops.set(hop, parts)
    return parts
  }

  #target({ endpoint, address }: Target, hop: Hop, plan: string): string {
    let parts = this.#endpoints.get(endpoint)
    if (!parts) {
      parts = this.#build(targetElement(endpoint, hop, this.#base))
      this.#endpoints.set(endpoint, parts)
    }
    return fill(parts, { address: escapeXml(address), plan })
  }

  #kept(action: Action, name: string, attributes: Readonly<Record<string, string>>): Skeleton {
    let parts = this.#actions.get(action)
    if (!parts) {
      parts = this.#build({
        name,
        attributes,
        ...(!EMPTY.includes(action.verb) && { content: hole('content') }),
      })
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

  /** Without an `action` of ours Twilio would request the same document again, and record for ever. */
  #recordAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
    return {
      recordingStatusCallback: `${this.#base}/recording`,
      ...(attributes.transcribe === 'true' && { transcribeCallback: `${this.#base}/recording` }),
      ...attributes,
      action: hole('action'),
    }
  }

  #resumeUrl(resume: Resume): string {
    return `${this.#base}/recorded?${resumeQuery(resume)}`
  }
}
