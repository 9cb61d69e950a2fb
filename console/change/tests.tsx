import type { CheckAnswer } from '../../routes/admin/compare.js'
import { hrefWith } from '../address.js'
import { Text } from '../text.js'

type Tested = NonNullable<CheckAnswer['tests']>
const LONG = 1000

/** What came of the tests of a config. */
export function Tests({ tests }: { readonly tests: CheckAnswer['tests'] }) {
  if (!tests)
    return (
      <>
        <h2>Its tests</h2>
        <p class="quiet">It has none. A call’s page writes one for you: “Copy as test”.</p>
      </>
    )
  const { passed, failed, cases, coverage } = tests
  const shown = cases.length
  return (
    <>
      <h2>
        Its tests: <span class="good">{passed} passed</span>
        {', '}
        <span class={failed > 0 ? 'bad' : 'quiet'}>{failed} failed</span>
      </h2>
      <ul class="tests">
        {cases.map((one, at) => (
          <li key={at}>
            <TestCase one={one} />
          </li>
        ))}
      </ul>
      {passed + failed > shown && (
        <p class="quiet">and {(passed + failed - shown).toLocaleString('en')} more</p>
      )}
      <Coverage coverage={coverage} />
    </>
  )
}

function TestCase({ one }: { readonly one: Tested['cases'][number] }) {
  const { title, passed, place, call, wrong, mismatches } = one
  const href = hrefWith('/try', { to: call.to, from: call.from || 'anonymous', at: call.at ?? '' })
  return (
    <>
      <span class={`badge ${passed ? 'good' : 'bad'}`}>{passed ? 'passed' : 'failed'}</span>
      <div>
        <a href={href}>
          <Text of={title} most={200} />
        </a>{' '}
        {!passed && place !== undefined && (
          <code class="quiet">
            <Text of={place} most={300} />
          </code>
        )}
        {wrong !== undefined && (
          <p>
            <Text of={wrong} most={LONG} />
          </p>
        )}
        {mismatches.map(({ what, expected, got }, at) => (
          <dl key={at} class="facts mismatch">
            <dt>{what}</dt>
            <dd>
              <Text of={got} most={LONG} /> <span class="quiet">instead of</span>{' '}
              <Text of={expected} most={LONG} />
            </dd>
          </dl>
        ))}
      </div>
    </>
  )
}

function Coverage({ coverage: { percent, kinds } }: Pick<Tested, 'coverage'>) {
  return (
    <details class="coverage">
      <summary>
        They reach {percent} % of the config:{' '}
        {kinds.map(({ kind, reached, all }) => `${reached} of ${all} ${kind}`).join(', ')}
      </summary>
      <dl class="facts">
        {kinds
          .filter(({ missed }) => missed.length > 0)
          .map(({ kind, missed, reached, all }) => (
            <>
              <dt>no {kind.slice(0, -1)} of</dt>
              <dd>
                <Text of={missed.join(', ')} most={LONG} />
                {all - reached > missed.length && ` and ${all - reached - missed.length} more`}
              </dd>
            </>
          ))}
      </dl>
    </details>
  )
}
