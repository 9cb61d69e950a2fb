import type { Calendar } from '../../routes/admin/calendar.js'
import { hrefWith, parameterOf } from '../address.js'
import { usePolled } from '../polled.js'
import { Text } from '../text.js'
import { clock, dateAfter, dateOf, dayText, minuteOf } from './days.js'
import { type DayKind, kindsOf, type Special, specialsAhead } from './year.js'

/** Of a year only its present day moves. */
const EVERY_MS = 300_000
const MOST = 100
/** Six weeks hold any month; the last of them has two days at most. */
const COLUMNS = 37
const [ROW, HEAD, LABEL] = [24, 24, 48]
const WEEKDAYS = ['M', 'T', 'W', 'T', 'F', 'S', 'S']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WORDS: Readonly<Record<DayKind, string>> = {
  open: 'open by its weekly hours',
  closed: 'closed by its weekly hours',
  special: 'special hours',
  holiday: 'holiday: closed',
}

/** A schedule over a year: its days at a glance, and the holidays and special hours ahead. */
export function YearPage({ schedule }: { readonly schedule: string }) {
  const year = parameterOf('year')
  const { value, refusal } = usePolled<Calendar>(hrefWith('/api/calendar', { schedule, year }), EVERY_MS)
  return (
    <>
      <p class="quiet">
        <a href="/week">Week</a>
      </p>
      <h1>
        Schedule <Text of={schedule} />
      </h1>
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {refusal}
        </p>
      )}
      {value && refusal === undefined && <Year schedule={schedule} calendar={value} />}
    </>
  )
}

function Year({ schedule, calendar }: { readonly schedule: string; readonly calendar: Calendar }) {
  const year = Number(calendar.from.slice(0, 4))
  const other = (by: number) => hrefWith('/week', { schedule, year: String(year + by) })
  const kinds = kindsOf(calendar)
  const specials = specialsAhead(calendar)
  return (
    <>
      <div class="week-head">
        <p class="buttons">
          <a class="step" href={other(-1)}>
            ← {year - 1}
          </a>
          <a class="step" href={other(1)}>
            {year + 1} →
          </a>
        </p>
        <h2>{year}</h2>
        <p class="quiet">Times of {calendar.timezone}</p>
      </div>
      <YearPicture year={year} kinds={kinds} today={dateOf(calendar.now)} />
      <ul class="legend">
        {Object.entries(WORDS).map(([kind, word]) => (
          <li key={kind} class={`year-${kind}`}>
            {word}
          </li>
        ))}
      </ul>
      {calendar.more && (
        <p class="warn">It changes more often than is shown: the rest of the year is left out.</p>
      )}
      <h2>Holidays and special hours ahead</h2>
      {specials.length === 0 && <p class="quiet">None in {year}.</p>}
      <ul class="specials">
        {specials.slice(0, MOST).map((special) => (
          <SpecialItem key={special.from} special={special} now={calendar.now} />
        ))}
      </ul>
      {specials.length > MOST && <p class="quiet">and {specials.length - MOST} more</p>}
    </>
  )
}

interface PictureProps {
  readonly year: number
  readonly kinds: ReadonlyMap<string, DayKind>
  readonly today: string
}

/** A row a month, and weekdays below each other. */
function YearPicture({ year, kinds, today }: PictureProps) {
  const width = LABEL + COLUMNS * ROW
  return (
    <svg
      class="year"
      viewBox={`0 0 ${width} ${HEAD + 12 * ROW}`}
      role="img"
      aria-label={`The days of ${year}; the holidays are listed below`}
    >
      {Array.from({ length: COLUMNS }, (_, at) => (
        <text key={at} x={LABEL + (at + 0.5) * ROW} y={HEAD - 7} text-anchor="middle">
          {WEEKDAYS[at % 7]}
        </text>
      ))}
      {MONTHS.map((name, month) => (
        <g key={name} transform={`translate(0 ${HEAD + month * ROW})`}>
          <text x="0" y={ROW / 2} dominant-baseline="central">
            {name}
          </text>
          {datesOf(year, month).map((date, at) => (
            <DayCell
              key={date}
              date={date}
              kind={kinds.get(date)}
              column={at + firstColumn(year, month)}
              isToday={date === today}
            />
          ))}
        </g>
      ))}
    </svg>
  )
}

function datesOf(year: number, month: number): string[] {
  const first = new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)
  const count = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Array.from({ length: count }, (_, at) => dateAfter(first, at))
}

/** Monday is 0. */
function firstColumn(year: number, month: number): number {
  return (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7
}

interface CellProps {
  readonly date: string
  readonly kind: DayKind | undefined
  readonly column: number
  readonly isToday: boolean
}

function DayCell({ date, kind, column, isToday }: CellProps) {
  const [x, size] = [LABEL + column * ROW + 1, ROW - 2]
  return (
    <g class={`cell year-${kind ?? 'unknown'}${isToday ? ' today' : ''}`}>
      <title>{`${dayText(date)}: ${kind ? WORDS[kind] : 'not shown'}`}</title>
      <rect x={x} y={1} width={size} height={size} rx="3" />
      {kind === 'holiday' && (
        <path d={`M${x + 6} 7l${size - 12} ${size - 12}m0 -${size - 12}l-${size - 12} ${size - 12}`} />
      )}
      {kind === 'special' && <circle cx={x + size / 2} cy={1 + size / 2} r="4" />}
    </g>
  )
}

const DAY_MS = 86_400_000

function SpecialItem({
  special: { entry, from, until, isOpen },
  now,
}: {
  readonly special: Special
  readonly now: string
}) {
  const days = Math.ceil((Date.parse(from) - Date.parse(now)) / DAY_MS)
  return (
    <li>
      <span class="number">{periodText(from, until)}</span>
      <span>
        <strong>{isOpen ? 'special hours' : 'closed'}</strong> <Text of={entry} most={200} />
      </span>
      <span class="quiet">{days > 0 ? `in ${days} ${days === 1 ? 'day' : 'days'}` : 'now'}</span>
    </li>
  )
}

/** `Fri, 25 Dec`, `Sat, 26 Dec to Fri, 1 Jan`; with the hours where it is not whole days. */
function periodText(from: string, until: string): string {
  const isWhole = minuteOf(from) === 0 && minuteOf(until) === 0
  if (!isWhole) return `${momentText(from)} to ${momentText(until)}`
  const last = dateAfter(dateOf(until), -1)
  return dateOf(from) === last ? dayText(last) : `${dayText(dateOf(from))} to ${dayText(last)}`
}

function momentText(instant: string): string {
  return `${dayText(dateOf(instant))}, ${clock(minuteOf(instant))}`
}
