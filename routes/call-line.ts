import type { RecentCall } from '../src/calls/recent-call.js'

/** Who calls whom: `+16465550000 → +12025550100`. */
export function partiesText({ from, to }: Pick<RecentCall, 'from' | 'to'>): string {
  return `${from || 'anonymous'} → ${to}`
}

/** The route and the rule that decided: `us-main/open`; `default` for a number that no route claims. */
export function decidedBy({ route, rule }: Pick<RecentCall, 'route' | 'rule'>): string {
  return `${route || 'default'}${rule === '' ? '' : `/${rule}`}`
}

/** What came of a call, hop by hop: `ashburn 503 → frankfurt answered 12 s`; of one that rang nowhere, its outcome. */
export function wayText({ hops, outcome }: Pick<RecentCall, 'hops' | 'outcome'>): string {
  return hops.length > 0 ? hops.map(hopText).join(' → ') : (outcome ?? 'under way')
}

function hopText({ hop, outcome, code, seconds }: RecentCall['hops'][number]): string {
  if (outcome === undefined) return `${hop} rings`
  if (outcome !== 'answered') return `${hop} ${code ?? outcome}`
  return seconds === undefined ? `${hop} answered` : `${hop} answered ${Math.round(seconds)} s`
}
