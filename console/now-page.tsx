import type { ServerStatus } from '../routes/admin/status.js'
import type { RecentCall } from '../src/calls/recent-call.js'
import { Banners } from './banners.js'
import { CallPath } from './call-path.js'
import { clock } from './clock.js'
import { useFollowed } from './polled.js'
import { SetUp } from './set-up.js'
import { Sparkline } from './sparkline.js'
import { Speaker } from './speaker.js'
import { Time } from './times.js'

/** So many calls are asked for, and so many are shown. */
const [ASKED, SHOWN] = [100, 25]
const MINUTE_MS = 60_000

/** What happens at this moment. */
export function NowPage() {
  const { value: status } = useFollowed<ServerStatus>('/api/status', () => true)
  const { value: recent } = useFollowed<{ calls: RecentCall[] }>(
    `/api/calls?limit=${ASKED}`,
    ({ kind }) => kind === 'call',
  )
  if (!status || !recent) return <h1>Now</h1>
  const isLively = ({ at, outcome, seconds = 0 }: RecentCall) =>
    outcome === undefined || clock.value - Date.parse(at) - 1000 * seconds < MINUTE_MS
  const lively = recent.calls.filter(isLively)
  return (
    <>
      <h1>Now</h1>
      <Banners status={status} />
      <SetUp signatures={status.signatures} call={recent.calls.at(-1)} />
      <section class="figures">
        <Sparkline minutes={status.callsAMinute} />
        <Figure of={status.callsAMinute.at(-1)!} what="calls this minute" />
        <Figure of={recent.calls.filter(({ outcome }) => outcome === undefined).length} what="under way" />
        <Figure of={status.endpoints - status.notUp.length} what={`of ${status.endpoints} endpoints up`} />
        <Figure of={status.routes} what="routes" />
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
      <Speaker status={status} />
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
