import type { ServerStatus } from '../routes/admin/status.js'
import { Text } from './text.js'
import { left, Time } from './times.js'

/** So many of each kind are shown. */
const MOST = 5

/** What an operator must know before anything else. */
export function Banners({ status }: { readonly status: ServerStatus }) {
  const { reload, overrides, notUp, signatures, shared } = status
  return (
    <section class="banners" aria-label="What needs you">
      {!reload.successful && (
        <div class="banner bad">
          <h2>The config on disk is refused: {reload.failure}</h2>
          <p>
            Calls go by the one before it, since <Time at={status.since} />.
          </p>
          <ul>
            {reload.errors.slice(0, MOST).map(({ place, path, message, help }) => (
              <li key={place + path + message}>
                <code>
                  <Text of={place} most={300} />
                </code>{' '}
                <Text of={message} most={500} />
                {help !== undefined && (
                  <>
                    ; <Text of={help} most={500} />
                  </>
                )}
              </li>
            ))}
          </ul>
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
      {signatures.refused.slice(0, MOST).map(({ reason, count, at, says }) => (
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
            <Text of={name} /> is {state}
            {until !== undefined && `, ${left(until)} left`}
          </h2>
          <p>
            <Text of={reason} most={300} />.{' '}
            <a href={`/endpoints?name=${encodeURIComponent(name)}`}>Endpoint</a>
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
