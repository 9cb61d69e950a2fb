import { z } from 'zod'
import type { Problem } from '../errors/problem.js'
import { attributeShape, listOf, mapOf, oneOf, someListOf, text, whole } from '../schema/scalars.js'
import { DIAL_ATTRIBUTES, NUMBER_ATTRIBUTES, SIP_ATTRIBUTES } from '../twilio/attributes.js'
import { sipShape } from './endpoint.js'

/** One entry of a `dial` list in its long form: exactly one of endpoint, uri, ring, split and number. */
export interface HopSource extends Record<string, unknown> {
  readonly endpoint?: string
  readonly uri?: string
  readonly ring?: readonly (string | HopSource)[]
  readonly split?: Readonly<Record<string, number>>
  readonly by?: 'call' | 'caller'
  readonly number?: string
}

const { record, referUrl: _ofTheDial, ...plainDialShape } = attributeShape(DIAL_ATTRIBUTES)

/** What a hop may have next to it, and a dial for all its hops: the attributes of `<Dial>`, and `noProgress`. */
export const hopAttributes = {
  ...plainDialShape,
  record: record!,
  noProgress: whole(3, 30, 'seconds')
    .optional()
    .describe('Seconds in which a SIP leg must ring or be answered; a silent one is cancelled.'),
}

const expectedHop = 'a map with endpoint, uri, ring, split or number'

const hopKeys = {
  endpoint: text('the name of an endpoint or group').optional().describe('The name of an endpoint or group.'),
  uri: text('a SIP URI').optional().describe('A SIP URI without an endpoint of its own.'),
  number: text('a phone number').optional().describe('Back to the telephone network, E.164.'),
}

const expectedMember = 'the name of an endpoint, a SIP URI, or a map with endpoint, uri or number'

/** A member of `ring`: one place, with `<Sip>` or `<Number>` attributes of its own. */
const ringMember = z.strictObject(
  { ...hopKeys, ...sipShape, ...attributeShape(NUMBER_ATTRIBUTES) },
  expectedHop,
)

export const hopSchema: z.ZodType<HopSource> = z
  .strictObject(
    {
      ...hopKeys,
      ring: listOf(z.union([text(expectedMember), ringMember], expectedMember))
        .optional()
        .describe('Rings two to ten at once; the first to answer has the call.'),
      split: mapOf(whole(1, 1_000_000), 'a map of endpoints and weights')
        .refine((weights) => Object.keys(weights).length > 0, 'at least one endpoint and its weight')
        .optional()
        .describe('Shares calls out by weight; the others follow as later hops.'),
      by: oneOf('call', 'caller')
        .optional()
        .describe('What a split keeps together: each call, or each caller; default: call.'),
      ...hopAttributes,
      ...sipShape,
      ...attributeShape(NUMBER_ATTRIBUTES),
    },
    expectedHop,
  )
  .meta({ id: 'hop' }) as never

const expectedEntry = 'the name of an endpoint, a SIP URI, or a map with endpoint, uri, ring, split or number'

/** One entry of a `dial`, a group, or the dial of a request for a call. */
export const dialEntry = z.union([text(expectedEntry), hopSchema], expectedEntry)

/** Where a call rings: the value of `dial` and of a group. */
export const dialSchema: z.ZodType<readonly (string | HopSource)[]> = someListOf(dialEntry) as never

/** The keys of which an entry of `dial` in its long form has exactly one: they say where it leads. */
export const FORMS = ['endpoint', 'uri', 'ring', 'split', 'number'] as const
export type HopForm = (typeof FORMS)[number]

const names = (table: readonly { readonly name: string }[]) => table.map(({ name }) => name)
const DIAL = [...names(DIAL_ATTRIBUTES), 'noProgress']
const SIP = names(SIP_ATTRIBUTES)

/** Keys that become a part of the URI, so they are written where the URI is. */
const URI_KEYS = ['region', 'edge', 'headers']

/** What may be next to each form. A named endpoint keeps its URI, a phone number has none. */
const NEXT_TO: Readonly<Record<HopForm, readonly string[]>> = {
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

/** Which of the `FORMS` an entry has; it must have one. */
export function formOf(source: HopSource): HopForm {
  return FORMS.find((form) => source[form] !== undefined)!
}

/**
 * The overrides that have a meaning for a member of a group or a split, which is a form of its own. A phone number takes
 * its time to ring, so `noProgress` holds for it only where it is written next to the number itself.
 */
export function overridesFor(form: HopForm, overrides: HopSource): HopSource {
  const fits = (key: string) => NEXT_TO[form].includes(key) && !(form === 'number' && key === 'noProgress')
  return Object.fromEntries(Object.entries(overrides).filter(([key]) => fits(key)))
}

/** The keys next to a form that would do nothing there. */
export function strayKeys(source: HopSource): string[] {
  const form = formOf(source)
  const fits = holdsUri(source) ? [...NEXT_TO[form], ...SIP, ...URI_KEYS] : NEXT_TO[form]
  return Object.keys(source).filter((key) => source[key] !== undefined && key !== form && !fits.includes(key))
}

/** A bare URI in a `ring` or a `split` takes what is next to it. */
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

/** The error of a key that does nothing next to the form of its entry. */
export function strayKey(key: string, source: HopSource): Problem {
  const form = formOf(source)
  const ofNumber = !SIP.includes(key) && !URI_KEYS.includes(key)
  return {
    code: 'conflicting-keys',
    message: `${key} has no effect next to ${form}`,
    expected: EXPECTED[form],
    found: key,
    help: ofNumber ? `write ${key} next to a number` : `write ${key} at the endpoint that it is meant for`,
  }
}

/** An entry in its long form has exactly one of the keys that say where it leads. */
export function shapeProblem(source: HopSource): Problem | undefined {
  const given = FORMS.filter((form) => source[form] !== undefined)
  if (given.length === 1 && (source.by === undefined || source.split)) return undefined
  return {
    code: given.length === 0 ? 'missing-key' : 'conflicting-keys',
    message:
      given.length === 0
        ? 'nothing says where this hop leads'
        : `${[...given, ...(source.by ? ['by'] : [])].join(' and ')} exclude each other`,
    expected: `exactly one of ${FORMS.join(', ')}`,
    found: given.join(', ') || undefined,
    help: given.length === 0 ? 'add endpoint, uri, ring, split or number' : `keep one; by belongs to split`,
  }
}
