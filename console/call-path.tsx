import type { RecentCall } from '../src/calls/recent-call.js'
import { clock } from './clock.js'
import { Text } from './text.js'
import { duration } from './times.js'

type CallHop = RecentCall['hops'][number]

/** How a call went: who, whom, by which rule, and what came of each hop. */
export function CallPath({ call }: { readonly call: RecentCall }) {
  const { from, to, hops, outcome } = call
  return (
    <ol class="path">
      <li class="number">
        <Text of={from || 'anonymous'} />
      </li>
      <li class="number">
        <Text of={to} />
      </li>
      <li>
        <Text of={decidedBy(call)} />
      </li>
      {hops.slice(-5).map((hop) => (
        <li key={hop.at + hop.hop} class={`hop ${toneOf(hop.outcome)}`}>
          <Text of={hop.hop} /> <HopEnd hop={hop} />
        </li>
      ))}
      {hops.length === 0 && outcome !== undefined && <li class={toneOf(outcome)}>{outcome}</li>}
    </ol>
  )
}

/** The route and the rule that decided. */
export function decidedBy({ route, rule }: Pick<RecentCall, 'route' | 'rule'>): string {
  return [route || 'default', rule].filter((word) => word !== '').join('/')
}

function HopEnd({ hop: { outcome, code, at, seconds } }: { readonly hop: CallHop }) {
  if (outcome === undefined) return <span>rings {duration((clock.value - Date.parse(at)) / 1000)}</span>
  const sign = outcome === 'answered' ? '✓' : '✕'
  return (
    <span title={seconds === undefined ? outcome : `${outcome} after ${duration(seconds)}`}>
      {sign} {outcome === 'answered' ? outcome : (code ?? outcome)}
    </span>
  )
}

/** The colour of an outcome. */
export function toneOf(outcome: string | undefined): string {
  if (outcome === undefined) return 'rings'
  if (/^(answered|record|redirect|say|play)$/.test(outcome)) return 'good'
  return /^(canceled|hangup|busy|noAnswer|reject|declined)$/.test(outcome) ? 'warn' : 'bad'
}
