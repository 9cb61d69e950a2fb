import { type Address, MOST_DIGITS, numberOf, subscriber } from '../numbers/address.js'
import { national } from '../numbers/national.js'
import type { Values } from '../template/template.js'
import { type Call, parameter } from './call.js'

/** What the matched claim adds to a call: what the `*` stood for, and the columns of a CSV row. */
export interface Matched {
  readonly wild: string
  readonly values: Readonly<Record<string, string>> | undefined
}

/** The values that templates may name. A CSV column wins over a webhook parameter of the same name. */
export function valuesOf(call: Call, { wild, values }: Matched): Values {
  return function value(name) {
    const column = values?.[name]
    if (column !== undefined) return column
    if (name === 'wild') return wild
    const derived = DERIVED[name]
    if (derived) return derived(call)
    return parameter(call.params, name.startsWith('params.') ? name.slice(7) : name)
  }
}

const DERIVED: Readonly<Record<string, ((call: Call) => string) | undefined>> = {
  'To.digits': (call) => digits(call.to),
  'To.national': (call) => nationalDigits(call.to),
  'To.user': (call) => user(call.to),
  'From.digits': (call) => digits(call.from),
  'From.national': (call) => nationalDigits(call.from),
  'From.user': (call) => user(call.from),
  ...Object.fromEntries(
    Array.from({ length: MOST_DIGITS }, (_, at) => MOST_DIGITS - at).flatMap((count) => [
      [`To.last${count}`, (call: Call) => lastDigits(call.to, count)],
      [`From.last${count}`, (call: Call) => lastDigits(call.from, count)],
    ]),
  ),
}

/** Values that a template may name besides webhook parameters and the columns of CSV files. */
export const OWN_VALUES: readonly string[] = [...Object.keys(DERIVED), 'wild']

/** The number without its plus, or the digits of a SIP user without its parameters. */
function digits(address: Address): string {
  return subscriber(user(address)).replace(/\D/g, '')
}

/** The last digits of a number, or all where there are fewer. A number that is withheld has none, however it is spelled. */
function lastDigits(address: Address, count: number): string {
  return address.kind === 'anonymous' ? '' : digits(address).slice(-count)
}

function nationalDigits(address: Address): string {
  const number = numberOf(address)
  return number ? national(number.text) : digits(address)
}

/** The part before the `@`; of a number all of it. */
function user(address: Address): string {
  if (address.kind === 'sip') return address.user
  return address.kind === 'client' ? address.name : address.text
}
