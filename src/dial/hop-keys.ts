import type { Problem } from '../errors/problem.js'
import { DIAL_ATTRIBUTES, NUMBER_ATTRIBUTES, SIP_ATTRIBUTES } from '../twilio/attributes.js'
import type { HopSource } from './schema.js'

/** The keys of which an entry of `dial` in its long form has exactly one: they say where it leads. */
export const FORMS = ['endpoint', 'uri', 'ring', 'split', 'number'] as const
export type HopForm = (typeof FORMS)[number]

const names = (table: readonly { readonly name: string }[]) => table.map(({ name }) => name)
const DIAL = names(DIAL_ATTRIBUTES)
const SIP = names(SIP_ATTRIBUTES)

/** They make the URI, so they stand where the URI stands. */
const URI_KEYS = ['region', 'edge', 'headers']

/** What may stand beside each form. A named endpoint keeps its URI, a phone number has none. */
const BESIDE: Readonly<Record<HopForm, readonly string[]>> = {
  endpoint: [...DIAL, ...SIP],
  uri: [...DIAL, ...SIP, ...URI_KEYS],
  ring: DIAL,
  split: [...DIAL, ...SIP, 'by'],
  number: [...DIAL, ...names(NUMBER_ATTRIBUTES)],
}

/** Whether a text is meant as an address; names hold neither colon nor at sign. */
export function isAddress(text: string): boolean {
  return /[:@+]/.test(text)
}

export function formOf(source: HopSource): HopForm {
  return FORMS.find((form) => source[form] !== undefined)!
}

/** The overrides that have a meaning for a member of a group or a split, which is a form of its own. */
export function overridesFor(form: HopForm, overrides: HopSource): HopSource {
  return Object.fromEntries(Object.entries(overrides).filter(([key]) => BESIDE[form].includes(key)))
}

/** The keys beside a form that would do nothing there. */
export function strayKeys(source: HopSource): string[] {
  const form = formOf(source)
  const fits = holdsUri(source) ? [...BESIDE[form], ...SIP, ...URI_KEYS] : BESIDE[form]
  return Object.keys(source).filter((key) => source[key] !== undefined && key !== form && !fits.includes(key))
}

/** A bare URI in a `ring` or a `split` takes what stands beside it. */
function holdsUri({ ring = [], split = {} }: HopSource): boolean {
  return [...ring, ...Object.keys(split)].some((member) => typeof member === 'string' && isAddress(member))
}

const EXPECTED: Readonly<Record<HopForm, string>> = {
  endpoint: 'attributes of <Dial> and <Sip>',
  uri: 'attributes of <Dial> and <Sip>, region or edge, and headers',
  ring: 'attributes of <Dial>',
  split: 'by, and attributes of <Dial> and <Sip>',
  number: 'attributes of <Dial> and <Number>',
}

export function strayKey(key: string, source: HopSource): Problem {
  const form = formOf(source)
  const ofNumber = !SIP.includes(key) && !URI_KEYS.includes(key)
  return {
    code: 'conflicting-keys',
    message: `${key} has no effect beside ${form}`,
    expected: EXPECTED[form],
    found: key,
    help: ofNumber ? `write ${key} beside a number` : `write ${key} at the endpoint that it is meant for`,
  }
}
