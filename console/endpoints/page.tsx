import { useState } from 'preact/hooks'
import type { ChangedEndpoint, EndpointState } from '../../routes/admin/endpoints.js'
import type { EndpointOutcomes } from '../../routes/admin/outcomes.js'
import type { ServerStatus } from '../../routes/admin/status.js'
import { address, go, hrefWith, parameterOf } from '../address.js'
import { Field } from '../confirm.js'
import { useFollowed } from '../polled.js'
import { Text } from '../text.js'
import { EndpointCard } from './card.js'
import { CELL_MINUTES } from './day-map.js'
import { Drain, Restore } from './drain.js'
import { Overrides } from './overrides.js'

/** So many are shown, and so few need no search; their day is asked for no more often than this. */
const [MOST, FEW, OUTCOMES_MS] = [24, 6, 5000]

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
  const shown = sorted.slice(0, MOST)
  const outcomes = useOutcomes(shown)
  const leave = () => setAsked(undefined)
  const done = ({ name, state, appliesTo }: ChangedEndpoint) => {
    setSaid(`${name} is ${state}, for ${appliesTo}.`)
    leave()
    again()
  }
  return (
    <>
      <h1>Endpoints</h1>
      <WhoKnows />
      {(part !== '' || fitting.length > FEW) && (
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Field
            label="Name"
            name="name"
            value={part}
            onText={(name) => go(hrefWith('/endpoints', { name }), 'replace')}
          />
          {address.value.search !== '' && <a href="/endpoints">All endpoints</a>}
        </form>
      )}
      <p role="status">{said}</p>
      <ul class="cards wide">
        {shown.map((endpoint) => (
          <li key={endpoint.name} class="card">
            <EndpointCard
              endpoint={endpoint}
              outcomes={outcomes.get(endpoint.name)}
              onAsk={(what) => setAsked({ what, name: endpoint.name })}
            />
          </li>
        ))}
      </ul>
      {sorted.length > MOST && <p class="quiet">and {sorted.length - MOST} more; the name finds them</p>}
      {value && sorted.length === 0 && <p class="quiet">No endpoint has this in its name.</p>}
      {asked?.what === 'drain' && <Drain name={asked.name} onDone={done} onLeave={leave} />}
      {asked?.what === 'restore' && <Restore name={asked.name} onDone={done} onLeave={leave} />}
      <Overrides />
    </>
  )
}

/** What came of the calls to some endpoints, by name. */
function useOutcomes(endpoints: readonly EndpointState[]): ReadonlyMap<string, EndpointOutcomes> {
  const query = new URLSearchParams(endpoints.map(({ name }) => ['endpoint', name]))
  query.set('slices', String(CELL_MINUTES))
  const { value } = useFollowed<{ endpoints: EndpointOutcomes[] }>(
    endpoints.length > 0 ? `/api/outcomes?${query}` : undefined,
    ({ kind }) => kind === 'call',
    OUTCOMES_MS,
  )
  return new Map(value?.endpoints.map((one) => [one.name, one]))
}

/** Which replica is speaking, and what of it all of them know. */
function WhoKnows() {
  const { value: status } = useFollowed<ServerStatus>('/api/status', ({ kind }) => kind === 'config')
  if (!status) return null
  const { replica, shared } = status
  return (
    <p class="quiet">
      As replica <Text of={replica} /> sees it.{' '}
      {!shared && 'It shares nothing with others: what is set here is set for this replica.'}
      {shared?.up && 'State, calls now and overrides are those of all replicas; outcomes are its own.'}
      {shared && !shared.up && (
        <span class="bad">
          The other replicas are not reached (<Text of={shared.reason} most={200} />
          ): what is set here is set for this replica until they are.
        </span>
      )}
    </p>
  )
}
