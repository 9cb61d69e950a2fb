import { useState } from 'preact/hooks'
import type { Schedules } from '../../routes/admin/schedules.js'
import { hrefWith } from '../address.js'
import { Field } from '../confirm.js'
import { usePolled } from '../polled.js'
import { Text } from '../text.js'

const MOST = 50
const EVERY_MS = 10_000

/** The schedules of the config as they are now; each leads to its year. */
export function ScheduleList() {
  const [search, setSearch] = useState('')
  const { value } = usePolled<Schedules>(
    hrefWith('/api/schedules', { search, limit: String(MOST) }),
    EVERY_MS,
  )
  if (!value) return null
  const { schedules, total } = value
  return (
    <>
      <h2>Schedules</h2>
      {(total > MOST || search !== '') && (
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Field label="Name" name="search" value={search} onText={setSearch} />
        </form>
      )}
      {total === 0 && <p class="quiet">There is none{search && ' of this name'}.</p>}
      <ul class="cards">
        {schedules.map(({ schedule, open, says, timezone }) => (
          <li key={schedule} class="card">
            <h3>
              <a href={hrefWith('/week', { schedule })}>
                <Text of={schedule} />
              </a>{' '}
              <span class={`badge ${open ? 'good' : 'quiet'}`}>{open ? 'open' : 'closed'}</span>
            </h3>
            <p>
              <Text of={says} most={300} />
            </p>
            <p class="quiet">{timezone}</p>
          </li>
        ))}
      </ul>
      {total > schedules.length && (
        <p class="quiet">and {total - schedules.length} more; the name finds them</p>
      )}
    </>
  )
}
