import { useState } from 'preact/hooks'
import type { ChangedEndpoint } from '../../routes/admin/endpoints.js'
import { change } from '../api.js'
import { Confirm, Field } from '../confirm.js'

interface AskedProps {
  readonly name: string
  readonly onDone: (changed: ChangedEndpoint) => void
  readonly onLeave: () => void
}

/** Asks why and how long before an endpoint is drained. */
export function Drain({ name, onDone, onLeave }: AskedProps) {
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const drain = async () => {
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const body = { ...(reason && { reason }), ...(until && { until, timezone }) }
    onDone(await change<ChangedEndpoint>('POST', urlOf(name, 'drain'), body))
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

/** Asks before an endpoint is restored. */
export function Restore({ name, onDone, onLeave }: AskedProps) {
  return (
    <Confirm
      title={`Restore ${name}?`}
      yes="Restore"
      onYes={async () => onDone(await change('POST', urlOf(name, 'restore')))}
      onLeave={onLeave}
    >
      <p>Everything that speaks against it is forgotten, and it rings again with the next call.</p>
    </Confirm>
  )
}

function urlOf(name: string, what: 'drain' | 'restore'): string {
  return `/api/endpoints/${encodeURIComponent(name)}/${what}`
}
