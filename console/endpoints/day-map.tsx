import type { EndpointOutcomes } from '../../routes/admin/outcomes.js'
import { toneOf } from '../call-path.js'
import { clock } from '../clock.js'

/** A cell is half an hour; this one and the 24 hours before it are shown. */
export const CELL_MINUTES = 30
const CELL_MS = 60_000 * CELL_MINUTES
const CELLS = 49

type Slices = NonNullable<EndpointOutcomes['slices']>

interface DayMapProps {
  readonly day: EndpointOutcomes['day']
  readonly slices: Slices
}

/** Outcomes by class over 24 hours: the more there were in half an hour, the stronger the cell. */
export function DayMap({ day, slices }: DayMapProps) {
  const first = (Math.floor(clock.value / CELL_MS) - CELLS + 1) * CELL_MS
  const most = Math.max(1, ...slices.flatMap(({ counts }) => Object.values(counts)))
  const cells = slices.map(({ at, counts }) => ({ column: (Date.parse(at) - first) / CELL_MS, at, counts }))
  const classes = Object.entries(day) as [keyof typeof day, number][]
  return (
    <div class="day">
      {classes.map(([name, total]) => (
        <div key={name} class="day-row">
          <span>{name}</span>
          <svg class={toneOf(name)} viewBox={`0 0 ${CELLS} 1`} preserveAspectRatio="none" aria-hidden="true">
            {cells.map(({ column, at, counts }) => {
              const count = counts[name]
              if (count === undefined || column < 0) return null
              return (
                <rect key={at} x={column} width="1" height="1" fill-opacity={strength(count, most)}>
                  <title>{`${span(at)}: ${count} ${name}`}</title>
                </rect>
              )
            })}
          </svg>
          <strong>{total.toLocaleString('en')}</strong>
        </div>
      ))}
      <div class="day-row quiet" aria-hidden="true">
        <span />
        <span class="day-hours">
          <span>24 h ago</span>
          <span>12 h</span>
          <span>now</span>
        </span>
        <span />
      </div>
    </div>
  )
}

/** A single call among thousands is seen as well. */
function strength(count: number, most: number): number {
  return 0.3 + 0.7 * (Math.log1p(count) / Math.log1p(most))
}

function span(at: string): string {
  const time = (ms: number) => new Date(ms).toTimeString().slice(0, 'HH:MM'.length)
  return `${time(Date.parse(at))}–${time(Date.parse(at) + CELL_MS)}`
}
