import { TwimlWriter } from '../../src/actions/twiml-writer.js'
import { parseCall } from '../../src/call/call.js'
import { decide } from '../../src/decide.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { exactClaims } from '../../src/numbers/number-index.js'

/** The TwiML that a webhook must be answered with, of this config, from any server. */
export function answersOf(config: Config): (params: Readonly<Record<string, string>>) => string {
  const writer = new TwimlWriter(config.publicUrl)
  return function answer(params) {
    const parsed = parseCall(params)
    if ('missing' in parsed) throw new Error(`the webhook lacks ${parsed.missing}`)
    return writer.write(decide(config, parsed.call, 0, ALL_UP).steps)
  }
}

/** The TwiML of a route with its two holes, cut there: before `To`, between, after the encoded `From`. */
export type Parts = readonly [string, string, string]

/** Where the other servers look a number up. Everybody writes the same document, each in its own way. */
export interface Table {
  readonly routes: readonly { readonly name: string; readonly parts: Parts }[]
  /** Number and the place of its route. */
  readonly numbers: readonly (readonly [string, number])[]
}

/** Lays out what dialsip answers, so that others can do the same work. */
export function tableOf(config: Config): Table {
  const answer = answersOf(config)
  const routes: { name: string; parts: Parts }[] = []
  const places = new Map<string, number>()
  const numbers = exactClaims(config.numbers).map(({ pattern: { text: number }, route }) => {
    if (!places.has(route)) {
      places.set(route, routes.length)
      routes.push({ name: route, parts: cut(answer({ ...CALL, To: number }), number) })
    }
    return [number, places.get(route)!] as const
  })
  return { routes, numbers }
}

const CALL = { CallSid: 'CA0', AccountSid: 'AC0', From: 'the-caller' }

function cut(document: string, number: string): Parts {
  const [before, rest, more] = document.split(number)
  const [between, after] = rest!.split(CALL.From)
  if (more !== undefined || after === undefined) throw new Error(`no template: ${document}`)
  return [before!, between!, after]
}
