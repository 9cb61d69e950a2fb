import type { Calendar } from '../../routes/admin/calendar.js'
import { Text } from '../text.js'
import { instantOf, wallTime } from './zoned.js'

const [STEP_MS, WEEK_MS, DAY_MS] = [900_000, 7 * 86_400_000, 86_400_000]
const WIDTH = 1000

type Span = Calendar['spans'][number]

interface TimeProps {
  readonly calendar: Calendar
  /** Epoch milliseconds. */
  readonly at: number
  readonly isNow: boolean
  /** Undefined for now. */
  readonly onMove: (at: number | undefined) => void
}

/** The time of the call: by its date, or along a week in which one sees what becomes of it when. */
export function TimeSlider({ calendar, at, isNow, onMove }: TimeProps) {
  const { timezone } = calendar
  const [from, until] = [Date.parse(calendar.from), Date.parse(calendar.until)]
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, weekday: 'long' }).format(at)
  return (
    <section class="time" aria-label="Time">
      <div class="when">
        <button type="button" class="plain" onClick={() => onMove(at - WEEK_MS)} aria-label="A week earlier">
          ‹
        </button>
        <label>
          <span class="unseen">Date and time</span>
          <input
            type="datetime-local"
            name="at"
            value={wallTime(at, timezone)}
            onInput={({ currentTarget }) => {
              const then = instantOf(currentTarget.value, timezone)
              if (!Number.isNaN(then)) onMove(then)
            }}
          />
        </label>
        <button type="button" class="plain" onClick={() => onMove(at + WEEK_MS)} aria-label="A week later">
          ›
        </button>
        <span>
          <strong>{day}</strong> <span class="quiet">in {timezone}</span>
        </span>
        <button type="button" class="small" disabled={isNow} onClick={() => onMove(undefined)}>
          {isNow ? 'it is now' : 'Now'}
        </button>
      </div>
      <Band calendar={calendar} from={from} until={until} />
      <input
        type="range"
        aria-label="Time in this week"
        min="0"
        max={Math.round((until - from) / STEP_MS) - 1}
        value={Math.floor((at - from) / STEP_MS)}
        aria-valuetext={`${day} ${wallTime(at, timezone).replace('T', ' ')}`}
        onInput={({ currentTarget }) => onMove(from + Number(currentTarget.value) * STEP_MS)}
      />
      <Days from={from} until={until} timezone={timezone} />
    </section>
  )
}

interface BandProps {
  readonly calendar: Calendar
  readonly from: number
  readonly until: number
}

/** What becomes of the call over the week while the endpoints are up. */
function Band({ calendar: { spans }, from, until }: BandProps) {
  const x = (at: string) => ((Date.parse(at) - from) / (until - from)) * WIDTH
  const tones = tonesOf(spans)
  return (
    <>
      <svg class="band" viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" aria-hidden="true">
        {spans.map((span) => (
          <rect
            key={span.from}
            class={tones.get(nameOf(span))}
            x={x(span.from)}
            y="0"
            width={Math.max(0.5, x(span.until) - x(span.from) - 1)}
            height="12"
          />
        ))}
      </svg>
      <p class="band-legend">
        {[...tones].slice(0, 8).map(([name, tone]) => (
          <span key={name}>
            <span class={`swatch ${tone}`} /> <Text of={name} most={60} />
          </span>
        ))}
      </p>
    </>
  )
}

/** The colours of what becomes of a call: those of which somebody rings differ. */
function tonesOf(spans: readonly Span[]): ReadonlyMap<string, string> {
  const tones = new Map<string, string>()
  let ringing = 0
  for (const span of spans) {
    const name = nameOf(span)
    if (tones.has(name)) continue
    tones.set(name, span.call!.hops.length > 0 ? `ringing r${ringing++ % 3}` : 'silent')
  }
  return tones
}

function nameOf({ call }: Span): string {
  const { rule, route, says } = call!
  return `${rule || route || 'default'}: ${says}`
}

function Days({
  from,
  until,
  timezone,
}: {
  readonly from: number
  readonly until: number
  readonly timezone: string
}) {
  const name = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  })
  const noons = Array.from(
    { length: Math.round((until - from) / DAY_MS) },
    (_, at) => from + (at + 0.5) * DAY_MS,
  )
  return (
    <p class="days" aria-hidden="true">
      {noons.map((noon) => (
        <span key={noon}>{name.format(noon)}</span>
      ))}
    </p>
  )
}
