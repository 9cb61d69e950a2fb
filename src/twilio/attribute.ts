/** One attribute of a TwiML element, by Twilio's own name. */
export interface Attribute {
  readonly name: string
  readonly kind: 'int' | 'bool' | 'enum' | 'list' | 'url' | 'text' | 'callerId'
  /** The limits of an `int`; of a `text`, those of its length in characters. */
  readonly min?: number
  readonly max?: number
  /** What a `text` must look like, and how that is said to people. */
  readonly pattern?: { readonly form: RegExp; readonly expected: string }
  /** What an `enum` may be, or each member of a `list`; TwiML writes a list with spaces between. */
  readonly values?: readonly string[]
  /** What Twilio takes where the attribute is left out. */
  readonly default?: string | number | boolean
  /** One line for the manual. */
  readonly says: string
  /** Never to be shown. */
  readonly secret?: true
}

type AttributeLimits = Pick<Attribute, 'min' | 'max' | 'default'>

export function int(name: string, limits: AttributeLimits, says: string): Attribute {
  return { name, kind: 'int', ...limits, says }
}

export function bool(name: string, byDefault: boolean, says: string): Attribute {
  return { name, kind: 'bool', default: byDefault, says }
}

export function oneOf(name: string, values: readonly string[], says: string, byDefault?: string): Attribute {
  return { name, kind: 'enum', values, says, ...(byDefault !== undefined && { default: byDefault }) }
}

/** A list of events for Twilio to report; without it, only `completed`. */
export function events(name: string, values: readonly string[], says: string): Attribute {
  return { name, kind: 'list', values, default: 'completed', says }
}

export function url(name: string, says: string): Attribute {
  return { name, kind: 'url', says }
}

/** The HTTP method with which Twilio requests the URL of another attribute. */
export function method(name: string, of: string): Attribute {
  return oneOf(name, ['GET', 'POST'], `The HTTP method for ${of}.`, 'POST')
}

export function text(name: string, says: string, more: Partial<Attribute> = {}): Attribute {
  return { name, kind: 'text', says, ...more }
}

/** Twilio: "0123456789ABCD*#wW" (errors 13222, 13430 and 21206). */
const TONES = {
  form: /^[0-9A-D*#wW]+$/,
  expected: 'digits, A to D, * and #, with w for half a second of silence and W for a second',
}

/** DTMF tones. */
export function tones(name: string, when: string, more: Partial<Attribute> = {}): Attribute {
  return text(name, `${when}; \`w\` waits half a second, \`W\` a second.`, { pattern: TONES, ...more })
}
