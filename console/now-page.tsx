import type { ServerStatus } from '../routes/admin/status.js'
import type { RecentCall } from '../src/calls/recent-call.js'
import { Banners } from './banners.js'
import { CallPath } from './call-path.js'
import { usePolled } from './polled.js'
import { SetUp } from './set-up.js'
import { Sparkline } from './sparkline.js'
import { Time } from './times.js'

/** So many calls are asked for, and so many are shown. */
const [ASKED, SHOWN] = [300, 25]
const MINUTE_MS = 60_000

/** What happens at this moment. */
export function NowPage() {
  const { value: status } = usePolled<ServerStatus>('/api/status')
  const { value: recent } = usePolled<{ calls: RecentCall[] }>(`/api/calls?limit=${ASKED}`)
  if (!status || !recent) return <h1>Now</h1>
  // by the clock of the server, which may be another than the one here
  const now = Date.parse(status.now)
  const since = ({ at }: RecentCall) => now - Date.parse(at)
  const lively = recent.calls.filter((call) => call.outcome === undefined || since(call) < MINUTE_MS)
  return (
    <>
      <h1>Now</h1>
      <Banners status={status} />
      {status.signatures.accepted === 0 ? <SetUp /> : null}
      <section class="figures">
        <Sparkline ages={recent.calls.map(since)} isCut={recent.calls.length === ASKED} />
        <Figure of={status.routes} what="routes" />
        <Figure of={status.endpoints - status.notUp.length} what={`of ${status.endpoints} endpoints up`} />
      </section>
      <h2>Calls of this minute</h2>
      {lively.length === 0 && <p class="quiet">None. {latest(recent.calls[0])}</p>}
      <ul class="paths">
        {lively.slice(0, SHOWN).map((call) => (
          <li key={call.callSid}>
            <a href={`/calls?call=${encodeURIComponent(call.callSid)}`}>
              <Time at={call.at} />
            </a>
            <CallPath call={call} />
          </li>
        ))}
      </ul>
      {lively.length > SHOWN && <p class="quiet">and {lively.length - SHOWN} more</p>}
      <p>
        <a href="/calls">All of the last calls</a>
      </p>
    </>
  )
}

function latest(call: RecentCall | undefined) {
  if (!call) return 'There was no call yet.'
  return (
    <>
      The last one came at <Time at={call.at} />.
    </>
  )
}

function Figure({ of, what }: { readonly of: number; readonly what: string }) {
  return (
    <p class="figure">
      <strong>{of.toLocaleString('en')}</strong> {what}
    </p>
  )
}
