import './week.css'
import { useEffect, useRef } from 'preact/hooks'
import type { Calendar } from '../../routes/admin/calendar.js'
import { go, hrefWith, parameterOf } from '../address.js'
import { useFollowed } from '../polled.js'
import { Text } from '../text.js'
import { left } from '../times.js'
import { DayList } from './day-list.js'
import { clock, dateAfter, dateOf, daysOf, dayText, minuteOf, type Span } from './days.js'
import { headline, setByHand } from './happening.js'
import { ScheduleList } from './schedule-list.js'
import { WeekGrid } from './week-grid.js'
import { YearPage } from './year-page.js'

/** The zone of the reader. */
const MINE = Intl.DateTimeFormat().resolvedOptions().timeZone
/** Who calls where nobody is named, as `GET /api/calendar` has it. */
const SOMEBODY = '+15557650002'
const KEYS = ['to', 'from', 'account', 'day', 'zone'] as const

type Asked = Readonly<Record<(typeof KEYS)[number], string>>

/** Who rings when: a week of one number, or a year of one schedule. */
export function WeekPage() {
  const schedule = parameterOf('schedule')
  return schedule === '' ? <NumberWeek /> : <YearPage key={schedule} schedule={schedule} />
}

function NumberWeek() {
  const asked = Object.fromEntries(KEYS.map((key) => [key, parameterOf(key)])) as Asked
  const { to, from, account, day, zone } = asked
  const { value, refusal } = useFollowed<Calendar>(
    to === ''
      ? undefined
      : hrefWith('/api/calendar', {
          to,
          from,
          account,
          week: day,
          timezone: zone === 'mine' ? MINE : '',
        }),
    ({ kind }) => kind === 'overrides' || kind === 'config',
  )
  return (
    <>
      <h1>
        Week
        {to !== '' && (
          <>
            {' of '}
            <span class="number">
              <Text of={to} />
            </span>
          </>
        )}
      </h1>
      <p class="printed">
        Called by <Text of={from || SOMEBODY} />
        {value && `, times of ${value.timezone}`}
      </p>
      <Question asked={asked} />
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {refusal}
        </p>
      )}
      {to !== '' && value && refusal === undefined && <Week asked={asked} calendar={value} />}
      {to === '' && <p class="quiet">Write a number to see who rings when, or look at a schedule.</p>}
      {to === '' && <ScheduleList />}
    </>
  )
}

function Question({ asked }: { readonly asked: Asked }) {
  const set = (key: keyof Asked, text: string) =>
    go(hrefWith('/week', { ...asked, [key]: text.trim() }), 'replace')
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        Called number
        <input
          name="to"
          value={asked.to}
          placeholder="+4930123456"
          maxLength={300}
          autocomplete="off"
          onChange={({ currentTarget }) => set('to', currentTarget.value)}
        />
      </label>
      <label>
        Caller
        <input
          name="from"
          value={asked.from}
          placeholder={SOMEBODY}
          maxLength={300}
          autocomplete="off"
          onChange={({ currentTarget }) => set('from', currentTarget.value)}
        />
      </label>
      <label>
        Week of
        <input
          type="date"
          name="day"
          value={asked.day}
          onChange={({ currentTarget }) => set('day', currentTarget.value)}
        />
      </label>
      <button type="submit">Show</button>
    </form>
  )
}

function Week({ asked, calendar }: { readonly asked: Asked; readonly calendar: Calendar }) {
  const { now, from, until, spans, more } = calendar
  const monday = dateOf(from)
  const moved = (days: number) => {
    // of what is asked at the moment, which may be ahead of what is shown
    const day = parameterOf('day')
    return hrefWith('/week', { ...asked, day: dateAfter(Number.isNaN(Date.parse(day)) ? monday : day, days) })
  }
  useArrowKeys((days) => go(moved(days)))
  const days = daysOf(calendar)
  const { to, from: caller, account } = asked
  const shown = { days, now, call: { to, from: caller, account } }
  const current = spans.find((span) => span.from <= now && now < span.until)
  return (
    <>
      <div class="week-head">
        <p class="buttons">
          <a class="step" href={moved(-7)} aria-keyshortcuts="ArrowLeft">
            ← Earlier
          </a>
          <a class="step" href={hrefWith('/week', { ...asked, day: '' })}>
            This week
          </a>
          <a class="step" href={moved(7)} aria-keyshortcuts="ArrowRight">
            Later →
          </a>
        </p>
        <h2>
          {dayText(monday)} to {dayText(dateAfter(dateOf(until), -1))} {dateOf(until).slice(0, 4)}
        </h2>
        <Zones asked={asked} calendar={calendar} />
      </div>
      <p>
        {current && <Current span={current} />} <NextChange calendar={calendar} />
      </p>
      <WeekGrid {...shown} />
      <DayList {...shown} />
      {more && <p class="warn">There are more changes than these; the rest of the week is left out.</p>}
      <Legend spans={spans} />
      <ScheduleLinks spans={spans} />
    </>
  )
}

/** Arrow keys show other weeks, but not where they move in a field. */
function useArrowKeys(move: (days: number) => void): void {
  const latest = useRef(move)
  latest.current = move
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey
      if (!isPlain || (event.target as Element).closest('input, select, textarea, dialog')) return
      if (event.key === 'ArrowLeft') latest.current(-7)
      if (event.key === 'ArrowRight') latest.current(7)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

/** The clock by which the times are: that of the schedules, or the reader's. */
function Zones({ asked, calendar }: { readonly asked: Asked; readonly calendar: Calendar }) {
  const theirs = calendar.schedulesTimezone ?? 'UTC'
  if (theirs === MINE) return <p class="quiet">Times of {MINE}</p>
  const choices = [
    { zone: '', name: theirs, whose: calendar.schedulesTimezone === undefined ? '' : 'the schedule' },
    { zone: 'mine', name: MINE, whose: 'mine' },
  ]
  return (
    <fieldset class="switch">
      <legend class="unseen">Times of</legend>
      {choices.map(({ zone, name, whose }) => (
        <label key={zone}>
          <input
            type="radio"
            name="zone"
            checked={asked.zone === zone}
            onChange={() => go(hrefWith('/week', { ...asked, zone }), 'replace')}
          />
          {name}
          {whose && ` (${whose})`}
        </label>
      ))}
    </fieldset>
  )
}

function Current({ span }: { readonly span: Span }) {
  return (
    <>
      At this moment:{' '}
      <strong>
        <Text of={headline(span.call!)} />
      </strong>
      .
    </>
  )
}

function NextChange({ calendar: { nextChange, now } }: { readonly calendar: Calendar }) {
  if (!nextChange) return <>No schedule changes anything.</>
  const { at, schedule, open } = nextChange
  return (
    <>
      Next change: <Text of={schedule} /> {open ? 'opens' : 'closes'} {dayText(dateOf(at))},{' '}
      {clock(minuteOf(at))}, in {left(at, Date.parse(now))}.
    </>
  )
}

function Legend({ spans }: { readonly spans: readonly Span[] }) {
  return (
    <ul class="legend">
      <li class="rings">somebody rings</li>
      <li class="speaks">the caller hears something</li>
      <li class="ends">the call ends</li>
      {spans.some((span) => setByHand(span) !== '') && <li class="by-hand">set by hand</li>}
    </ul>
  )
}

function ScheduleLinks({ spans }: { readonly spans: readonly Span[] }) {
  const names = [...new Set(spans.flatMap(({ schedules }) => schedules.map(({ schedule }) => schedule)))]
  if (names.length === 0) return <p class="quiet">No schedule is asked for this number.</p>
  return (
    <p>
      Holidays and hours of a year:{' '}
      {names.map((name, at) => (
        <>
          {at > 0 && ', '}
          <a href={hrefWith('/week', { schedule: name })}>
            <Text of={name} />
          </a>
        </>
      ))}
    </p>
  )
}
