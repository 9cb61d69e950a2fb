import { Text } from '../text.js'
import { clock, dayText } from './days.js'
import { decidedBy, headline, setByHand, toneOf } from './happening.js'
import { type DaysProps, tryHref } from './week-grid.js'

/** A week as a list of days, for a narrow screen. */
export function DayList({ days, now, call }: DaysProps) {
  return (
    <ol class="day-list">
      {days.map(({ date, blocks, special }) => (
        <li key={date} class={now.startsWith(date) ? 'today' : ''}>
          <h3>
            {dayText(date)}
            {now.startsWith(date) && ', today'}
          </h3>
          {special.map((entry) => (
            <p key={entry} class="special">
              <Text of={entry} />
            </p>
          ))}
          <ul>
            {blocks.map(({ from, until, span, at }) => (
              <li key={from}>
                <a
                  href={tryHref(call, at)}
                  class={`line ${toneOf(span.call!)}${setByHand(span) ? ' by-hand' : ''}`}
                >
                  <span class="number">
                    {clock(from)}–{clock(until)}
                  </span>{' '}
                  <span>
                    <strong>
                      <Text of={headline(span.call!)} />
                    </strong>{' '}
                    <span class="quiet">
                      <Text of={decidedBy(span.call!)} />
                    </span>
                    {setByHand(span) && (
                      <span class="set">
                        <Text of={`set by hand: ${setByHand(span)}`} most={160} />
                      </span>
                    )}
                  </span>
                </a>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}
