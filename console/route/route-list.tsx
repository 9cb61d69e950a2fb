import type { FoundRoutes } from '../../routes/admin/routes.js'
import { go, hrefWith, parameterOf } from '../address.js'
import { usePolled } from '../polled.js'
import { Text } from '../text.js'

const [MOST, SLOWLY_MS] = [50, 10_000]

/** The routes of the config, those with a text first to last, some at a time. */
export function RouteList() {
  const search = parameterOf('search')
  const offset = Number(parameterOf('offset')) || 0
  const { value, refusal } = usePolled<FoundRoutes>(
    hrefWith('/api/routes', { search, offset: String(offset), limit: String(MOST) }),
    SLOWLY_MS,
  )
  return (
    <>
      <h1>Routes</h1>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          With this in it
          <input
            name="search"
            placeholder="+49, office, voicemail"
            value={search}
            maxLength={200}
            autocomplete="off"
            onInput={({ currentTarget }) =>
              go(hrefWith('/routes', { search: currentTarget.value.trim() }), 'replace')
            }
          />
        </label>
      </form>
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {refusal}
        </p>
      )}
      {!value && refusal === undefined && <p class="quiet soon">Looking it up …</p>}
      {value && <Table found={value} />}
      {value && value.total > MOST && (
        <p class="buttons">
          <span>
            {offset + 1} to {offset + value.routes.length} of {value.total.toLocaleString('en')}
          </span>
          {offset > 0 && (
            <a href={hrefWith('/routes', { search, offset: String(Math.max(0, offset - MOST)) })}>Before</a>
          )}
          {offset + MOST < value.total && (
            <a href={hrefWith('/routes', { search, offset: String(offset + MOST) })}>Next</a>
          )}
        </p>
      )}
    </>
  )
}

function Table({ found: { routes, lists } }: { readonly found: FoundRoutes }) {
  if (routes.length === 0) return <p class="quiet">No route is like this.</p>
  const says = new Map(lists.map((list) => [list.id, list.says]))
  return (
    <table class="calls routes">
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col">Numbers</th>
          <th scope="col">What becomes of a call</th>
        </tr>
      </thead>
      <tbody>
        {routes.map(({ name, patterns, claims, rules }) => (
          <tr key={name}>
            <td>
              <a href={hrefWith('/routes', { route: name })}>
                <Text of={name} />
              </a>
            </td>
            <td class="number">
              <Text of={patterns.slice(0, 3).join(', ')} />
              {claims > 3 && <span class="quiet"> and {(claims - 3).toLocaleString('en')} more</span>}
            </td>
            <td>
              {rules.length === 1 && rules[0]!.rule === '' ? (
                <Text of={says.get(rules[0]!.list)!} most={160} />
              ) : (
                <>
                  {rules.length} {rules.length === 1 ? 'rule' : 'rules'}:{' '}
                  <Text of={rules.map(({ rule }) => rule).join(', ')} most={120} />
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
