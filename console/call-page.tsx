import type { LoggedCall } from '../routes/admin/logged-call.js'
import type { RecentCall } from '../src/calls/recent-call.js'
import { hrefWith } from './address.js'
import { decidedBy, toneOf } from './call-path.js'
import { CopyButton } from './copy-button.js'
import { Ladder } from './ladder.js'
import { useFollowed } from './polled.js'
import { Text } from './text.js'
import { duration, Time } from './times.js'
import { queryOf, questionOf } from './try/question.js'

/** One call: why it went where it went, and what was said by whom. */
export function CallPage({ callSid }: { readonly callSid: string }) {
  const { value: call, refusal } = useFollowed<LoggedCall>(
    `/api/calls/recent/${encodeURIComponent(callSid)}`,
    ({ kind, data }) => kind === 'call' && (data as RecentCall).callSid === callSid,
  )
  return (
    <>
      <p class="quiet">
        <a href="/calls">Calls</a>
      </p>
      <h1>Call</h1>
      {refusal !== undefined && !call && <p role="alert">{refusal}</p>}
      {call && <Call call={call} />}
    </>
  )
}

function Call({ call }: { readonly call: LoggedCall }) {
  const { from, to, at, seconds, outcome, explain, test, callSid, question } = call
  return (
    <>
      <div class="call-top">
        <dl class="facts">
          <dt>From</dt>
          <dd class="number">
            <Text of={from || 'anonymous'} />
          </dd>
          <dt>To</dt>
          <dd class="number">
            <a href={hrefWith('/routes', { to })}>
              <Text of={to} />
            </a>
          </dd>
          <dt>Began</dt>
          <dd>
            <Time at={at} />
          </dd>
          <dt>Decided by</dt>
          <dd>
            <Text of={decidedBy(call)} />
          </dd>
          <dt>Ended as</dt>
          <dd class={toneOf(outcome)}>
            <Text of={outcome ?? 'under way'} />
            {seconds !== undefined && ` after ${duration(seconds)}`}
          </dd>
          <dt>CallSid</dt>
          <dd class="number">
            <Text of={callSid} />
          </dd>
        </dl>
        <Why call={call} />
      </div>
      <p class="buttons">
        {question && <a href={`/try?${queryOf(questionOf(question))}`}>Try it again, or in another way</a>}
        {explain !== undefined && <CopyButton text={explain} what="Copy as explain" />}
        {test !== undefined && <CopyButton text={test} what="Copy as test" />}
      </p>
      <h2>What was said</h2>
      <Ladder call={call} />
    </>
  )
}

/** The decisions in words: what answers "why did this call go there?". */
function Why({ call: { webhooks } }: { readonly call: LoggedCall }) {
  const decisions = webhooks.flatMap(({ decision }) => (decision ? [decision] : []))
  if (decisions.length === 0) return null
  const { skipped } = decisions[0]!
  return (
    <section>
      <h2>Why</h2>
      <ol class="why">
        {skipped.slice(0, 50).map(({ rule, condition, saw }) => (
          <li key={rule + condition} class="quiet">
            rule <Text of={rule} /> was skipped: its <code>{condition}</code> does not fit{' '}
            <Text of={saw} most={120} />
          </li>
        ))}
        {decisions.slice(-50).map(({ reason, hop, verbs, outcome, passedOver }, at) => (
          <li key={at}>
            {outcome !== undefined && (
              <>
                <span class={toneOf(outcome)}>{outcome}</span>, so{' '}
              </>
            )}
            <strong>
              <Text of={hop === undefined ? verbs.join(', ') || 'hangup' : `${hop} rings`} />
            </strong>{' '}
            <span class="quiet">
              (<Text of={reason} most={200} />)
            </span>
            {passedOver.slice(0, 20).map((one) => (
              <span key={one.hop} class="quiet">
                ; <Text of={one.hop} /> was passed over: <Text of={one.why} most={120} />
              </span>
            ))}
          </li>
        ))}
      </ol>
    </section>
  )
}
