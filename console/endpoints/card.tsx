import type { EndpointState } from '../../routes/admin/endpoints.js'
import type { EndpointOutcomes } from '../../routes/admin/outcomes.js'
import { hrefWith } from '../address.js'
import { Text } from '../text.js'
import { left, Time } from '../times.js'
import { DayMap } from './day-map.js'
import { OutcomeDots } from './outcome-dots.js'

/** The look of a state, next to its word. */
const LOOKS: Readonly<Record<string, { readonly tone: string; readonly sign: string }>> = {
  up: { tone: 'good', sign: '●' },
  full: { tone: 'warn', sign: '◆' },
  drained: { tone: 'warn', sign: '■' },
  ejected: { tone: 'bad', sign: '▲' },
}

interface CardProps {
  readonly endpoint: EndpointState
  /** Undefined while it had no call. */
  readonly outcomes: EndpointOutcomes | undefined
  readonly onAsk: (what: 'drain' | 'restore') => void
}

/** One endpoint: its state, what came of its calls, and what may be done with it. */
export function EndpointCard({ endpoint, outcomes, onAsk }: CardProps) {
  const { name, address, state, reason, until } = endpoint
  const { tone, sign } = LOOKS[state] ?? LOOKS.ejected!
  return (
    <>
      <div class="card-head">
        <h2>
          <Text of={name} />{' '}
          <span class={`badge ${tone}`}>
            <span aria-hidden="true">{sign}</span> {state}
          </span>
        </h2>
        <p class="buttons">
          <button type="button" class="small" onClick={() => onAsk('drain')} aria-label={`Drain ${name}`}>
            Drain…
          </button>
          {state !== 'up' && (
            <button
              type="button"
              class="small"
              onClick={() => onAsk('restore')}
              aria-label={`Restore ${name}`}
            >
              Restore…
            </button>
          )}
        </p>
      </div>
      <p class="address">
        <Text of={address} most={255} />
      </p>
      {(reason !== '' || until !== undefined) && (
        <p class={tone}>
          <Text of={reason} most={300} />
          {until !== undefined && (
            <>
              {reason === '' ? 'until ' : ', until '}
              <Time at={until} /> ({left(until)} left)
            </>
          )}
        </p>
      )}
      <Figures endpoint={endpoint} outcomes={outcomes} />
      {outcomes ? <Past name={name} outcomes={outcomes} /> : <p class="quiet">No call has ended here yet.</p>}
    </>
  )
}

function Figures({
  endpoint: { name, calls, maxCalls },
  outcomes,
}: Pick<CardProps, 'endpoint' | 'outcomes'>) {
  const { answerSeizure, postDialDelay } = outcomes ?? {}
  return (
    <dl class="card-figures">
      <div>
        <dt>Calls now</dt>
        <dd>{maxCalls === undefined ? calls : `${calls} of ${maxCalls}`}</dd>
        {maxCalls !== undefined && (
          <dd>
            <meter min={0} max={maxCalls} value={calls} aria-label={`Calls of ${name}`} />
          </dd>
        )}
      </div>
      <div title="Answer-seizure ratio: answered calls of all in the last half hour">
        <dt>Answered (ASR)</dt>
        <dd>{answerSeizure === undefined ? '–' : `${Math.round(answerSeizure * 100)} %`}</dd>
      </div>
      <div title="Until it rings or answers: the middle one of the last twenty">
        <dt>Post-dial delay</dt>
        <dd>{postDialDelay === undefined ? '–' : `${postDialDelay.toFixed(1)} s`}</dd>
      </div>
    </dl>
  )
}

function Past({ name, outcomes }: { readonly name: string; readonly outcomes: EndpointOutcomes }) {
  const { last, day, slices = [] } = outcomes
  return (
    <>
      <h3>
        Last calls{' '}
        <a href={hrefWith('/calls', { endpoint: name })} aria-label={`all calls of ${name}`}>
          all
        </a>
      </h3>
      <OutcomeDots last={last} />
      {Object.keys(day).length > 0 && (
        <>
          <h3>24 hours</h3>
          <DayMap day={day} slices={slices} />
        </>
      )}
    </>
  )
}
