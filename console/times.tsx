import { clock } from './clock.js'

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const DATE = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })

/** A time of day where the reader is, with the date unless it is today. */
export function Time({ at }: { readonly at: string }) {
  const time = new Date(at)
  const isToday = time.toDateString() === new Date(clock.value).toDateString()
  return (
    <time dateTime={at} title={at}>
      {isToday ? '' : `${DATE.format(time)} `}
      {CLOCK.format(time)}
    </time>
  )
}

/** `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `3 days 12 h`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48
    ? twoUnits(hours, 'h', minutes % 60, 'min')
    : twoUnits(Math.floor(hours / 24), 'days', hours % 24, 'h')
}

function twoUnits(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`
}

/** What is left until a time. */
export function left(until: string, now = clock.value): string {
  return duration((Date.parse(until) - now) / 1000)
}
