import type { EndpointOutcomes } from '../../routes/admin/outcomes.js'
import { hrefWith } from '../address.js'
import { toneOf } from '../call-path.js'

/** So many are kept of each endpoint. */
const KEPT = 20

/** What came of the last calls, the latest at the right; each leads to its call. */
export function OutcomeDots({ last }: { readonly last: EndpointOutcomes['last'] }) {
  const missing = Array.from({ length: KEPT - last.length })
  return (
    <div class="dots">
      <span class="unseen">{summaryOf(last)}</span>
      {/* by keyboard the same calls are reached by the link below */}
      <div aria-hidden="true">
        {missing.map((_, at) => (
          <span key={at} class="dot none" />
        ))}
        {last.map(({ at, callSid, outcome, code }) => (
          <a
            key={callSid + at}
            class={`dot ${toneOf(outcome)}`}
            href={hrefWith('/calls', { call: callSid })}
            tabIndex={-1}
            title={`${new Date(at).toLocaleTimeString('en-GB')} ${outcome}${code === undefined ? '' : ` ${code}`}`}
          >
            <span class="unseen">{outcome}</span>
          </a>
        ))}
      </div>
    </div>
  )
}

function summaryOf(last: EndpointOutcomes['last']): string {
  const counts = new Map<string, number>()
  for (const { outcome } of last) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
}
