import type { ServerStatus } from '../routes/admin/status.js'
import { clock } from './clock.js'
import { Text } from './text.js'
import { left, Time } from './times.js'

/** So many of each kind are shown. */
const MOST = 5
/** A webhook that was refused is of interest for so long, once there are good ones. */
const RECENT_MS = 3_600_000

/** What an operator must know before anything else. */
export function Banners({ status }: { readonly status: ServerStatus }) {
  const { reload, overrides, notUp, signatures, shared } = status
  const errors = reload.errors.filter(({ level }) => level === 'error')
  // scanners try every address of the internet now and then
  const refused = signatures.refused.filter(
    ({ at }) => signatures.accepted === 0 || clock.value - Date.parse(at) < RECENT_MS,
  )
  return (
    <section class="banners" aria-label="What needs you">
      {!reload.successful && (
        <div class="banner bad">
          <h2>The config on disk is refused: {reload.failure}</h2>
          <p>
            Calls go by the one before it, since <Time at={status.since} />.
          </p>
          <ul>
            {errors.slice(0, MOST).map(({ place, path, message, help }) => (
              <li key={place + path + message}>
                <code>
                  <Text of={place} most={300} />
                </code>{' '}
                <Text of={message} most={500} />
                {help !== undefined && (
                  <div class="quiet">
                    help: <Text of={help} most={500} />
                  </div>
                )}
              </li>
            ))}
          </ul>
          <p>
            {errors.length > MOST && <span class="quiet">and {errors.length - MOST} more; </span>}
            <a href="/change">see the lines</a>
          </p>
        </div>
      )}
      {shared && !shared.up && (
        <div class="banner bad">
          <h2>The other replicas are not reached</h2>
          <p>
            <Text of={shared.reason} most={300} />
          </p>
        </div>
      )}
      {refused.slice(0, MOST).map(({ reason, count, at, says }) => (
        <div key={reason} class="banner warn">
          <h2>
            {count} {count === 1 ? 'webhook' : 'webhooks'} refused: {reason}, last at <Time at={at} />
          </h2>
          <p>
            <Text of={says} most={500} />
          </p>
        </div>
      ))}
      {notUp.slice(0, MOST).map(({ name, state, reason, until }) => (
        <div key={name} class="banner warn">
          <h2>
            <a href={`/endpoints?name=${encodeURIComponent(name)}`}>
              <Text of={name} />
            </a>{' '}
            is {state}
            {until !== undefined && `, ${left(until)} left`}
          </h2>
          <p>
            <Text of={reason} most={300} />
          </p>
        </div>
      ))}
      {overrides.slice(0, MOST).map(({ kind, name, to, until, author, note }) => (
        <div key={kind + name} class="banner note">
          <h2>
            {kind} <Text of={name} /> is set to <Text of={to} />, {left(until)} left
          </h2>
          <p>
            by <Text of={author} />: <Text of={note} most={300} />
          </p>
        </div>
      ))}
    </section>
  )
}
