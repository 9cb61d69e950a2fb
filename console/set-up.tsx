import { useState } from 'preact/hooks'
import type { ServerStatus } from '../routes/admin/status.js'
import type { RecentCall } from '../src/calls/recent-call.js'
import { CallPath } from './call-path.js'
import { CopyButton } from './copy-button.js'
import { usePolled } from './polled.js'
import { Time } from './times.js'

interface SetUpProps {
  readonly signatures: ServerStatus['signatures']
  /** The first one, as soon as it is there. */
  readonly call: RecentCall | undefined
}

/** What to do until the first webhook with a good signature comes. The box turns green when it has come. */
export function SetUp({ signatures, call }: SetUpProps) {
  const [isOpen, setOpen] = useState(signatures.accepted === 0)
  if (!isOpen) return null
  if (signatures.first === undefined) return <Steps />
  return (
    <section class="banner good" role="status">
      <h2 class="good">
        ✓ It works: the first webhook with a good signature came at <Time at={signatures.first} />
      </h2>
      {call && <CallPath call={call} />}
      <p class="buttons">
        {call && <a href={`/calls?call=${encodeURIComponent(call.callSid)}`}>Why it went there</a>}
        <button type="button" class="small" onClick={() => setOpen(false)}>
          Close
        </button>
      </p>
    </section>
  )
}

function Steps() {
  const { value } = usePolled<{ readonly publicUrl: string }>('/api/config', 60_000)
  if (!value) return null
  const url = `${value.publicUrl.replace(/\/$/, '')}/voice`
  return (
    <section class="banner note">
      <h2>No call has come yet</h2>
      <ol>
        <li>
          In Twilio’s console open the number, and under “A call comes in” choose Webhook, HTTP POST, with{' '}
          <code>{url}</code> <CopyButton text={url} what="Copy" />
        </li>
        <li>Call the number. What is refused until then is shown here, with what to do about it.</li>
      </ol>
      <p class="quiet">
        <code>dialsip numbers --apply</code> sets the URL at all numbers, and <code>dialsip try</code> places
        a signed call without Twilio.
      </p>
      <p class="waits">Waiting for the first webhook with a good signature</p>
    </section>
  )
}
