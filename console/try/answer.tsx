import type { ExplainedCall } from '../../routes/admin/explain.js'
import { hrefWith } from '../address.js'
import { CopyButton } from '../copy-button.js'
import type { Graph } from '../picture/graph.js'
import type { Lights } from '../picture/lights.js'
import { Text, visible } from '../text.js'

interface AnswerProps {
  readonly explained: ExplainedCall
  readonly graph: Graph
  readonly lights: Lights
}

/** What becomes of the call, in a sentence. */
export function Answer({ explained, graph, lights }: AnswerProps) {
  const { call, steps, end, route, rule, routePlace, rules, configRules = [] } = explained
  const hops = steps.flatMap(({ hop }) => (hop ? [hop] : []))
  const last = graph.nodes.findLast(({ id, kind }) => kind === 'actions' && lights.nodes.has(id))
  const after = last ? [last.title, ...last.lines].map(quoted).join(' and ') : end
  const place = [...configRules, ...rules].find(({ verdict }) => verdict === 'fits')?.place ?? routePlace
  return (
    <div class="answer" role="status">
      <p class="lead">
        {hops.length === 0 && <strong>Nobody rings: </strong>}
        {hops.map(({ name, outcome, code }, at) => (
          <span key={name}>
            {at > 0 && ', then '}
            <strong>
              <Text of={name.replaceAll('|', ' and ')} />
            </strong>{' '}
            {name.includes('|') ? 'ring' : 'rings'}
            {outcome === 'answered' ? (
              name.includes('|') ? (
                ', and one answers'
              ) : (
                ' and answers'
              )
            ) : (
              <span class="bad"> ✕ {[outcome, code].filter(Boolean).join(' ')}</span>
            )}
          </span>
        ))}
        {end !== 'answered' && end !== 'canceled' && (
          <>
            {hops.length > 0 && ', then '}
            <Text of={after} most={200} />
          </>
        )}
      </p>
      <p class="quiet">
        <Text of={call.to} /> from <Text of={call.from || 'anonymous'} />:{' '}
        {route === '' ? (
          'No route'
        ) : (
          <a href={hrefWith('/routes', { route })}>
            route <Text of={route} />
          </a>
        )}
        {rule !== '' && (
          <>
            , rule <Text of={rule} />
          </>
        )}
        {place !== undefined && (
          <>
            {' '}
            <code>
              <Text of={place} />
            </code>
          </>
        )}
      </p>
    </div>
  )
}

/** `say: Hello.` as a part of a sentence. */
function quoted(says: string): string {
  return says.replace(/^(\w+): (.*)$/, '$1 “$2”')
}

/** So many rules are shown: the last ones that were asked. */
const MOST_RULES = 30

/** Why it is so: the rules that did not fit, what comes near, and the hours. */
export function Why({ explained }: { readonly explained: ExplainedCall }) {
  const { number, rules, configRules = [], schedules, steps, explain, test } = explained
  const asked = [...configRules, ...rules].filter(({ verdict }) => verdict !== 'not reached')
  return (
    <section>
      <h2>Why</h2>
      <ul class="reasons">
        {number.nearMisses.map(({ pattern, route, says }) => (
          <li key={pattern}>
            <span class="warn">near</span> <Text of={says} most={200} />:{' '}
            <code>
              <Text of={pattern} />
            </code>
            , route <Text of={route} />
          </li>
        ))}
        {asked.length > MOST_RULES && (
          <li class="quiet">{asked.length - MOST_RULES} rules before these do not fit</li>
        )}
        {asked.slice(-MOST_RULES).map(({ rule, verdict, failed }) => (
          <li key={rule}>
            <span class={verdict === 'fits' ? 'good' : 'quiet'}>{verdict === 'fits' ? '✓' : '✕'}</span> rule{' '}
            <Text of={rule} />{' '}
            {failed ? (
              <span class="quiet">
                asks for{' '}
                <code>
                  <Text of={failed.condition} most={120} />
                </code>
                , the call has <Text of={failed.saw} most={160} />
                {failed.hint !== undefined && (
                  <span class="warn">
                    ; near: <Text of={failed.hint} most={160} />
                  </span>
                )}
              </span>
            ) : (
              'fits'
            )}
          </li>
        ))}
        {steps
          .flatMap(({ passedOver }) => passedOver)
          .slice(0, 20)
          .map(({ hop, why }) => (
            <li key={hop}>
              <span class="warn">–</span> <Text of={hop} /> is passed over: <Text of={why} most={160} />
            </li>
          ))}
        {schedules.map(({ schedule, open, says }) => (
          <li key={schedule}>
            <span class={open ? 'good' : 'quiet'}>{open ? '●' : '○'}</span> schedule <Text of={schedule} /> is{' '}
            <Text of={says} most={160} />
          </li>
        ))}
      </ul>
      <p class="buttons">
        <CopyButton text={test} what="Copy as test" />
        <CopyButton text={explain} what="Copy as explain" />
      </p>
    </section>
  )
}

/** Each webhook of the call, and what Twilio gets for it. */
export function Steps({ explained: { steps } }: { readonly explained: ExplainedCall }) {
  return (
    <section class="steps">
      <h2>What Twilio gets</h2>
      {steps.slice(0, 50).map(({ webhook, reason, twiml, warnings }, at) => (
        <details key={at} open={at === 0}>
          <summary>
            {at + 1}. <code>{webhook}</code>{' '}
            <span class="quiet">
              <Text of={reason} most={160} />
            </span>
          </summary>
          {warnings.map((warning) => (
            <p key={warning} class="warn">
              <Text of={warning} most={300} />
            </p>
          ))}
          {/* what is wider than the window scrolls, and without a focus the arrow keys could not do that */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <pre tabIndex={0}>{visible(inLines(twiml))}</pre>
        </details>
      ))}
    </section>
  )
}

/** TwiML with an element a line. What is between two elements is never text there. */
function inLines(twiml: string): string {
  let depth = 0
  return twiml
    .replaceAll('><', '>\n<')
    .split('\n')
    .map((line) => {
      if (line.startsWith('</')) depth -= 1
      const indented = '  '.repeat(Math.max(0, depth)) + line
      if (/^<[^?/][^>]*[^/]>$/.test(line)) depth += 1
      return indented
    })
    .join('\n')
}
