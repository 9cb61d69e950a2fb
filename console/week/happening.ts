import type { Span } from './days.js'

type ExpectedCall = NonNullable<Span['call']>

/** What becomes of a call, as a colour and a word show it. */
export type Tone = 'rings' | 'speaks' | 'ends'

/** Somebody rings; the caller hears something; or the call is over. */
export function toneOf({ hops, says }: ExpectedCall): Tone {
  if (hops.length > 0) return 'rings'
  return /^(reject|hangup)/.test(says) ? 'ends' : 'speaks'
}

/** `frankfurt → dublin`, or what the caller hears. */
export function headline({ hops, says }: ExpectedCall): string {
  return hops.length > 0 ? hops.join(' → ') : says
}

/** `rule open of main`; what decides where no rule does. */
export function decidedBy({ route, rule }: ExpectedCall): string {
  if (route === '') return rule === '' ? 'default' : `rule ${rule} of the config`
  return rule === '' ? `route ${route}` : `rule ${rule} of ${route}`
}

/** What operators have set by hand in a span, in words; empty where nothing is. */
export function setByHand({ override, schedules }: Span): string {
  const set = schedules.filter(({ overridden }) => overridden)
  return [override, ...set.map(({ schedule, because }) => `${schedule}: ${because}`)]
    .filter(Boolean)
    .join('; ')
}
