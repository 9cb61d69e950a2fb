import type { FoundRoutes } from '../../routes/admin/routes.js'
import type { RecentCall } from '../../src/calls/recent-call.js'
import { hrefWith, parameterOf } from '../address.js'
import { lightsNow } from '../picture/lights.js'
import { Picture, useGraph } from '../picture/picture.js'
import { trafficOf } from '../picture/traffic.js'
import { useFollowed } from '../polled.js'
import { Text } from '../text.js'
import { RouteList } from './route-list.js'
import './route.css'

const KINDS = ['to', 'route', 'endpoint'] as const
const [CALLS, MOST_ROUTES] = [200, 6]

/** What a number, a route or an endpoint has to do with: a picture. Without one of them, the routes. */
export function RoutePage() {
  const kind = KINDS.find((one) => parameterOf(one) !== '')
  if (!kind) return <RouteList />
  const name = parameterOf(kind)
  return <Asked key={`${kind} ${name}`} kind={kind} name={name} />
}

interface AskedProps {
  readonly kind: (typeof KINDS)[number]
  readonly name: string
}

function Asked({ kind, name }: AskedProps) {
  const { value: found, refusal } = useFollowed<FoundRoutes>(
    hrefWith('/api/routes', { [kind]: name, limit: String(MOST_ROUTES) }),
    ({ kind }) => /^(config|endpoint|overrides|call)$/.test(kind),
  )
  return (
    <>
      <p class="quiet">
        <a href="/routes">Routes</a>
      </p>
      <h1>
        {kind === 'to' ? '' : `${kind === 'route' ? 'Route' : 'Endpoint'} `}
        <Text of={name} />
      </h1>
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {refusal}
        </p>
      )}
      {!found && refusal === undefined && <p class="quiet soon">Looking it up …</p>}
      {found && <Found found={found} kind={kind} name={name} />}
    </>
  )
}

function Found({ found, kind, name }: AskedProps & { readonly found: FoundRoutes }) {
  const graph = useGraph(found, { [kind]: name })!
  const route = found.routes.length === 1 ? found.routes[0]!.name : undefined
  const asked: Record<string, string> | undefined =
    kind === 'endpoint' ? { endpoint: name } : route === undefined ? undefined : { route }
  const { value: recent } = useFollowed<{ calls: RecentCall[] }>(
    asked && hrefWith('/api/calls', { ...asked, limit: String(CALLS) }),
    ({ kind }) => kind === 'call',
  )
  if (kind !== 'to' && found.total === 0) return <p>The config has no {kind} of this name.</p>
  const calls = recent?.calls ?? []
  return (
    <>
      {kind !== 'endpoint' && <Now found={found} />}
      <p class="buttons">
        <a class="button" href={hrefWith('/try', tryOf(found, kind, name))}>
          {kind === 'endpoint' ? `Try a call while it is down` : 'Try a call'}
        </a>
        {kind === 'to' && <a href={hrefWith('/week', { to: name })}>Its week</a>}
        {asked && calls.length > 0 && (
          <a href={hrefWith('/calls', asked)}>
            {calls.length === 1 ? 'The last call is' : `The last ${calls.length} calls are`} counted in the
            picture
          </a>
        )}
      </p>
      <Picture
        title={`Where calls go: ${name}`}
        graph={graph}
        lights={lightsNow(found, graph)}
        endpoints={new Map(found.endpoints.map((one) => [one.name, one]))}
        traffic={trafficOf(calls, graph)}
      />
      <Claims found={found} kind={kind} />
      {found.total > found.routes.length && (
        <p>
          The first {found.routes.length} of {found.total.toLocaleString('en')} routes.{' '}
          <a href={hrefWith('/routes', { search: name })}>Search among all</a>
        </p>
      )}
    </>
  )
}

/** What becomes of a call now, in a sentence, and what the hours are. */
function Now({
  found: { routes, configRules, lists, schedules, default: byDefault },
}: {
  readonly found: FoundRoutes
}) {
  const [route] = routes
  const rules = [...configRules, ...(route?.rules ?? [])]
  const fitting = rules.find(({ fits }) => fits === 'yes')
  // it may be one of those that are left out
  if (route?.more !== undefined && !fitting && !route.override) return null
  const before = fitting ? rules.slice(0, rules.indexOf(fitting)) : rules
  const list = route?.override?.list ?? fitting?.list ?? byDefault
  return (
    <>
      <p class="lead">
        Now:{' '}
        <strong>
          <Text of={lists.find(({ id }) => id === list)!.says} most={200} />
        </strong>
        {route?.override ? (
          <>
            {' '}
            (<Text of={route.override.says} most={200} />)
          </>
        ) : (
          fitting &&
          fitting.rule !== '' && (
            <>
              {' '}
              by rule <Text of={fitting.rule} />
            </>
          )
        )}
        {before.some(({ fits }) => fits === 'depends') && (
          <span class="quiet"> unless a rule above it fits the caller</span>
        )}
      </p>
      {schedules.map(({ schedule, open, says }) => (
        <p key={schedule} class="quiet">
          <span class={open ? 'good' : 'quiet'}>{open ? '●' : '○'}</span> schedule <Text of={schedule} /> is{' '}
          <Text of={says} most={200} />
        </p>
      ))}
    </>
  )
}

/** By which pattern a number is claimed, or what comes near. */
function Claims({
  found: { number },
  kind,
}: {
  readonly found: FoundRoutes
  readonly kind: AskedProps['kind']
}) {
  if (kind !== 'to' || !number) return null
  const [, ...others] = number.compared
  if (others.length === 0 && number.nearMisses.length === 0) return null
  return (
    <>
      <h2>{number.claim === '' ? 'What comes near' : 'What it fits too'}</h2>
      <ul>
        {others.map(({ pattern, route, says }) => (
          <li key={pattern}>
            {says}:{' '}
            <code>
              <Text of={pattern} />
            </code>
            , <RouteLink name={route} />
          </li>
        ))}
        {number.nearMisses.map(({ pattern, route, says }) => (
          <li key={pattern}>
            <Text of={says} most={200} />:{' '}
            <code>
              <Text of={pattern} />
            </code>
            , <RouteLink name={route} />
          </li>
        ))}
      </ul>
    </>
  )
}

function RouteLink({ name }: { readonly name: string }) {
  return (
    <a href={hrefWith('/routes', { route: name })}>
      route <Text of={name} />
    </a>
  )
}

/** The question that the page leads to. */
function tryOf({ routes }: FoundRoutes, kind: AskedProps['kind'], name: string): Record<string, string> {
  if (kind === 'to') return { to: name }
  const to = routes.flatMap(({ patterns }) => patterns).find((pattern) => /^\+\d+$/.test(pattern)) ?? ''
  return kind === 'endpoint' ? { to, down: name } : { to }
}
