import type { RecentCall } from '../src/calls/recent-call.js'
import { address, go, hrefWith, parameterOf } from './address.js'
import { CallPath, toneOf } from './call-path.js'
import { useFollowed } from './polled.js'
import { Text } from './text.js'
import { duration, Time } from './times.js'

const MOST = 100
const FILTERS = [
  { name: 'number', label: 'Number', hint: '+49' },
  { name: 'outcome', label: 'Outcome', hint: '503, noAnswer' },
  { name: 'route', label: 'Route', hint: 'berlin' },
  { name: 'endpoint', label: 'Endpoint', hint: 'frankfurt' },
] as const

/** The last calls of this replica, and those of them that are asked for. */
export function CallsPage() {
  const asked = Object.fromEntries(FILTERS.map(({ name }) => [name, parameterOf(name)]))
  const { value, refusal } = useFollowed<{ calls: RecentCall[] }>(
    hrefWith('/api/calls', { ...asked, limit: String(MOST) }),
    ({ kind }) => kind === 'call',
  )
  return (
    <>
      <h1>Calls</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        {FILTERS.map(({ name, label, hint }) => (
          <label key={name}>
            {label}
            <input
              name={name}
              placeholder={hint}
              value={asked[name]}
              maxLength={200}
              autocomplete="off"
              onInput={({ currentTarget }) =>
                go(hrefWith('/calls', { ...asked, [name]: currentTarget.value.trim() }), 'replace')
              }
            />
          </label>
        ))}
        {address.value.search !== '' && <a href="/calls">All calls</a>}
      </form>
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {refusal}
        </p>
      )}
      {value && <CallTable calls={value.calls} />}
    </>
  )
}

function CallTable({ calls }: { readonly calls: readonly RecentCall[] }) {
  if (calls.length === 0) return <p class="quiet">No call of the last ones is like this.</p>
  return (
    <>
      <table class="calls">
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">How it went</th>
            <th scope="col">Ended as</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.callSid}>
              <td>
                <a href={`/calls?call=${encodeURIComponent(call.callSid)}`}>
                  <Time at={call.at} />
                </a>
              </td>
              <td>
                <CallPath call={call} />
              </td>
              <td class={toneOf(call.outcome)}>
                <Text of={call.outcome ?? 'under way'} />
                {call.seconds !== undefined && <span class="quiet"> {duration(call.seconds)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {calls.length === MOST && <p class="quiet">The latest {MOST}; the filters find those before.</p>}
    </>
  )
}
