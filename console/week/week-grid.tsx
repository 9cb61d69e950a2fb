import { hrefWith } from '../address.js'
import { Text } from '../text.js'
import { type Block, clock, DAY_MINUTES, type Day, dayText, instantOn, minuteOf } from './days.js'
import { decidedBy, headline, setByHand, toneOf } from './happening.js'

/** Pixels of an hour, and from how many on a block has room for words and for a second line. */
const HOUR = 26
const [ONE_LINE, TWO_LINES] = [17, 38]
const HEIGHT = 24 * HOUR
/** A click is meant for a quarter of an hour. */
const STEP = 15

export interface DaysProps {
  readonly days: readonly Day[]
  /** Now, by the same clock. */
  readonly now: string
  /** The call that is asked about, for the links. */
  readonly call: Readonly<Record<string, string>>
}

/** A week as seven columns of hours. Each block leads to the page that tries a call at that time. */
export function WeekGrid({ days, now, call }: DaysProps) {
  return (
    <div class="week-grid">
      <Hours />
      {days.map((day) => {
        const isToday = now.startsWith(day.date)
        return (
          <section key={day.date} class={isToday ? 'today' : ''} aria-label={dayText(day.date)}>
            <DayHead day={day} isToday={isToday} />
            <svg width="100%" height={HEIGHT}>
              <title>{dayText(day.date)}</title>
              {day.blocks.map((block) => (
                <foreignObject
                  key={block.from}
                  x="0"
                  y={y(block.from)}
                  width="100%"
                  height={Math.max(1, y(block.until) - y(block.from))}
                >
                  <BlockLink day={day} block={block} call={call} />
                </foreignObject>
              ))}
              {isToday && <Now minute={minuteOf(now)} />}
            </svg>
          </section>
        )
      })}
    </div>
  )
}

function y(minute: number): number {
  return (minute * HOUR) / 60
}

function Hours() {
  const hours = Array.from({ length: 9 }, (_, at) => at * 3)
  return (
    <div class="hours">
      <svg width="100%" height={HEIGHT + 16} aria-hidden="true">
        {hours.map((hour) => (
          <text key={hour} x="100%" y={8 + hour * HOUR} dominant-baseline="middle" text-anchor="end">
            {clock(hour * 60)}
          </text>
        ))}
      </svg>
    </div>
  )
}

function DayHead({ day: { date, special }, isToday }: { readonly day: Day; readonly isToday: boolean }) {
  return (
    <div class="day-head">
      <h3>
        {dayText(date)}
        {isToday && <span class="unseen">, today</span>}
      </h3>
      {special.map((entry) => (
        <p key={entry} class="special">
          <Text of={entry} />
        </p>
      ))}
    </div>
  )
}

interface BlockProps {
  readonly day: Day
  readonly block: Block
  readonly call: DaysProps['call']
}

function BlockLink({ day, block, call }: BlockProps) {
  const { from, until, span, at } = block
  const what = span.call!
  const height = y(until) - y(from)
  const set = setByHand(span)
  const aim = (event: MouseEvent & { readonly currentTarget: HTMLAnchorElement }) => {
    event.currentTarget.href = tryHref(call, clickedAt(event, day, block))
  }
  return (
    <a
      class={`block ${toneOf(what)}${set ? ' by-hand' : ''}${height < TWO_LINES ? ' low' : ''}`}
      href={tryHref(call, at)}
      title={`${clock(from)} to ${clock(until)}: ${what.says}`}
      onClick={aim}
    >
      <span class="unseen">
        {clock(from)} to {clock(until)}:{' '}
      </span>
      <strong class={height < ONE_LINE ? 'unseen' : ''}>
        <Text of={headline(what)} />
      </strong>
      {set && (
        <span class={height < TWO_LINES ? 'unseen' : 'set'}>
          <Text of={`set by hand: ${set}`} most={160} />
        </span>
      )}
      <span class={height < TWO_LINES ? 'unseen' : 'quiet'}>
        <Text of={decidedBy(what)} />
      </span>
    </a>
  )
}

/** The page that tries a call at an instant. */
export function tryHref(call: DaysProps['call'], at: string): string {
  return hrefWith('/try', { ...call, at })
}

/** The time under the pointer; where the block begins for a key. */
function clickedAt(
  event: MouseEvent & { readonly currentTarget: HTMLAnchorElement },
  { date }: Day,
  { from, at, span }: Block,
): string {
  if (event.detail === 0) return at
  const down = event.clientY - event.currentTarget.getBoundingClientRect().top
  const minute = Math.floor((from + (down * 60) / HOUR) / STEP) * STEP
  return minute <= from ? at : instantOn(date, minute, span)
}

function Now({ minute }: { readonly minute: number }) {
  const at = y(Math.min(minute, DAY_MINUTES))
  return (
    <g class="now-line">
      <line x1="0" x2="100%" y1={at} y2={at} />
      <circle cx="0" cy={at} r="4" />
    </g>
  )
}
