import { useState } from 'preact/hooks'
import type { ChangedOverride, OverrideState } from '../../routes/admin/overrides.js'
import { change } from '../api.js'
import { Confirm, Field } from '../confirm.js'
import { useFollowed } from '../polled.js'
import { Text } from '../text.js'
import { left, Time } from '../times.js'

const MOST = 100
const FIELDS = [
  { name: 'name', label: 'Schedule or route', hint: 'office' },
  { name: 'to', label: 'Set to (open, closed, or an action for a route)', hint: 'closed' },
  { name: 'until', label: 'Until (a time of day, or a duration)', hint: '18:00 or 2h' },
  { name: 'author', label: 'Who', hint: 'your name' },
  { name: 'note', label: 'Why', hint: 'staff meeting' },
] as const

/** What is set instead of the config, and how to set and clear it. */
export function Overrides() {
  const { value, again } = useFollowed<{ overrides: OverrideState[] }>(
    '/api/overrides',
    ({ kind }) => kind === 'overrides',
  )
  const [asked, setAsked] = useState<OverrideState | 'new'>()
  const [said, setSaid] = useState('')
  const leave = () => setAsked(undefined)
  const done = (text: string) => {
    setSaid(text)
    leave()
    again()
  }
  return (
    <section>
      <h2>Overrides</h2>
      <p role="status">{said}</p>
      {value?.overrides.length === 0 && <p class="quiet">Nothing is set: the config decides.</p>}
      <ul class="cards">
        {value?.overrides.slice(0, MOST).map((override) => (
          <li key={override.kind + override.name} class="card">
            <OverrideCard override={override} onClear={() => setAsked(override)} />
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => setAsked('new')}>
        Set an override…
      </button>
      {asked === 'new' && <SetOverride onDone={done} onLeave={leave} />}
      {typeof asked === 'object' && (
        <Confirm
          title={`Clear the override of ${asked.kind} ${asked.name}?`}
          yes="Clear"
          onYes={async () => {
            const path = `/api/overrides/${asked.kind}/${encodeURIComponent(asked.name)}`
            const { kind, name, appliesTo } = await change<ChangedOverride>('DELETE', path)
            done(`${kind} ${name} goes by the config again, for ${appliesTo}.`)
          }}
          onLeave={leave}
        >
          <p>The config decides again, from the next call on.</p>
        </Confirm>
      )}
    </section>
  )
}

function OverrideCard({
  override,
  onClear,
}: {
  readonly override: OverrideState
  readonly onClear: () => void
}) {
  const { kind, name, to, until, author, note } = override
  return (
    <>
      <h3>
        {kind} <Text of={name} /> is <Text of={to} />
      </h3>
      <p>
        until <Time at={until} /> ({left(until)} left)
      </p>
      <p class="quiet">
        <Text of={author} />: <Text of={note} most={500} />
      </p>
      <button type="button" class="small" onClick={onClear} aria-label={`Clear ${kind} ${name}`}>
        Clear…
      </button>
    </>
  )
}

interface SetOverrideProps {
  readonly onDone: (said: string) => void
  readonly onLeave: () => void
}

function SetOverride({ onDone, onLeave }: SetOverrideProps) {
  const [asked, setAsked] = useState<Readonly<Record<string, string>>>({})
  const set = async () => {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const { kind, name, to, appliesTo } = await change<ChangedOverride>('POST', '/api/overrides', {
      ...asked,
      timezone,
    })
    onDone(`${kind} ${name} is ${to}, for ${appliesTo}.`)
  }
  return (
    <Confirm title="Set an override" yes="Set it" onYes={set} onLeave={onLeave}>
      {FIELDS.map(({ name, label, hint }) => (
        <Field
          key={name}
          name={name}
          label={label}
          hint={hint}
          required
          value={asked[name] ?? ''}
          onText={(text) => setAsked({ ...asked, [name]: text })}
        />
      ))}
    </Confirm>
  )
}
