import { useState } from 'preact/hooks'
import type { ChangedEndpoint, EndpointState } from '../routes/admin/endpoints.js'
import { address, go, hrefWith, parameterOf } from './address.js'
import { change } from './api.js'
import { Confirm, Field } from './confirm.js'
import { Overrides } from './overrides.js'
import { useFollowed } from './polled.js'
import { Text } from './text.js'
import { left, Time } from './times.js'

const MOST = 100
const TONES: Readonly<Record<string, string>> = { up: 'good', drained: 'warn', full: 'warn' }

/** What is asked before an endpoint is changed. */
interface Asked {
  readonly what: 'drain' | 'restore'
  readonly name: string
}

/** The state of the endpoints, and what is set by hand. */
export function EndpointsPage() {
  const { value, again } = useFollowed<{ endpoints: EndpointState[] }>('/api/endpoints', ({ kind }) =>
    /^(endpoint|call|config)$/.test(kind),
  )
  const [asked, setAsked] = useState<Asked>()
  const [said, setSaid] = useState('')
  const part = parameterOf('name')
  const fitting = value?.endpoints.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase())) ?? []
  // those that need somebody come first
  const sorted = fitting.toSorted((a, b) => Number(a.state === 'up') - Number(b.state === 'up'))
  const done = ({ name, state, appliesTo }: ChangedEndpoint) => {
    setSaid(`${name} is ${state}, for ${appliesTo}.`)
    setAsked(undefined)
    again()
  }
  return (
    <>
      <h1>Endpoints</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Field
          label="Name"
          name="name"
          value={part}
          onText={(name) => go(hrefWith('/endpoints', { name }), 'replace')}
        />
        {address.value.search !== '' && <a href="/endpoints">All endpoints</a>}
      </form>
      <p role="status">{said}</p>
      <ul class="cards">
        {sorted.slice(0, MOST).map((endpoint) => (
          <li key={endpoint.name} class="card">
            <EndpointCard endpoint={endpoint} onAsk={(what) => setAsked({ what, name: endpoint.name })} />
          </li>
        ))}
      </ul>
      {sorted.length > MOST && <p class="quiet">and {sorted.length - MOST} more; the name finds them</p>}
      {value && sorted.length === 0 && <p class="quiet">No endpoint has this in its name.</p>}
      {asked?.what === 'drain' && (
        <Drain name={asked.name} onDone={done} onLeave={() => setAsked(undefined)} />
      )}
      {asked?.what === 'restore' && (
        <Confirm
          title={`Restore ${asked.name}?`}
          yes="Restore"
          onYes={async () => done(await change('POST', urlOf(asked)))}
          onLeave={() => setAsked(undefined)}
        >
          <p>Everything that speaks against it is forgotten, and it rings again with the next call.</p>
        </Confirm>
      )}
      <Overrides />
    </>
  )
}

function urlOf({ name, what }: Asked): string {
  return `/api/endpoints/${encodeURIComponent(name)}/${what}`
}

interface CardProps {
  readonly endpoint: EndpointState
  readonly onAsk: (what: Asked['what']) => void
}

function EndpointCard({ endpoint, onAsk }: CardProps) {
  const { name, address, state, reason, until, calls, maxCalls } = endpoint
  const isUp = state === 'up'
  return (
    <>
      <h2>
        <Text of={name} /> <span class={`badge ${TONES[state] ?? 'bad'}`}>{state}</span>
      </h2>
      <p class="number quiet">
        <Text of={address} most={255} />
      </p>
      <p>
        {maxCalls === undefined ? `${calls} calls` : `${calls} of ${maxCalls} calls`}
        {reason !== '' && (
          <>
            {' · '}
            <Text of={reason} most={300} />
          </>
        )}
        {until !== undefined && (
          <>
            {' · until '}
            <Time at={until} /> ({left(until)} left)
          </>
        )}
      </p>
      {maxCalls !== undefined && (
        <meter min={0} max={maxCalls} value={calls} aria-label={`Calls of ${name}`} />
      )}
      <p class="buttons">
        <button type="button" class="small" onClick={() => onAsk('drain')} aria-label={`Drain ${name}`}>
          Drain…
        </button>
        {!isUp && (
          <button type="button" class="small" onClick={() => onAsk('restore')} aria-label={`Restore ${name}`}>
            Restore…
          </button>
        )}
      </p>
    </>
  )
}

interface DrainProps {
  readonly name: string
  readonly onDone: (changed: ChangedEndpoint) => void
  readonly onLeave: () => void
}

function Drain({ name, onDone, onLeave }: DrainProps) {
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const drain = async () => {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const body = { ...(reason && { reason }), ...(until && { until, timezone }) }
    onDone(await change<ChangedEndpoint>('POST', urlOf({ name, what: 'drain' }), body))
  }
  return (
    <Confirm title={`Drain ${name}?`} yes="Drain" onYes={drain} onLeave={onLeave}>
      <p>New calls ring it only when no other endpoint is left. Calls that it has go on.</p>
      <Field label="Reason" name="reason" value={reason} onText={setReason} hint="by hand" />
      <Field
        label="Until (a time of day, or a duration)"
        name="until"
        value={until}
        onText={setUntil}
        hint="it is restored; 18:00 or 2h"
      />
    </Confirm>
  )
}
