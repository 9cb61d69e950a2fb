/** What one calendar may cost: days that its recurrences look at (a second or two of work), and times that come of it. */
const MOST_DAYS = 5_000_000
const MOST_TIMES = 100_000

/** More mistakes of one calendar are not listed. */
const MOST_UNREAD = 100

export interface ExpansionLimits {
  /** Called with the days that a recurrence is about to look at. */
  readonly spendDays: (days: number) => void
  /** Called for each time that a recurrence comes to. */
  readonly addTime: () => void
  /** Called for each event that cannot be read. */
  readonly addUnread: () => void
}

/** Counts for one calendar file; throws a `CalendarLimit` when it is too much. */
export function limits(): ExpansionLimits {
  let [days, times, unread] = [0, 0, 0]
  return {
    spendDays(more) {
      days += more
      if (days > MOST_DAYS) throw tooMuch('its recurrences take too much work')
    },
    addTime() {
      times += 1
      if (times > MOST_TIMES) throw tooMuch(`it comes to more than ${MOST_TIMES} times up to 2050`)
    },
    addUnread() {
      unread += 1
      if (unread > MOST_UNREAD)
        throw new CalendarLimit(`more than ${MOST_UNREAD} of its events cannot be read`)
    },
  }
}

function tooMuch(message: string): CalendarLimit {
  return new CalendarLimit(message, 'end its recurrences with UNTIL or COUNT')
}

/** Why an event, or a whole calendar, cannot be read; `parseCalendar` turns it into a problem. */
export class CalendarError extends Error {
  constructor(
    message: string,
    /** What to do about it. */
    readonly help = 'export the calendar again',
  ) {
    super(message)
  }
}

/** A calendar takes too much work; no use in looking at its other events. */
export class CalendarLimit extends CalendarError {}
