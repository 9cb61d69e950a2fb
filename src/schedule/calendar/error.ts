/** Why an event, or a whole calendar, cannot be read; `parseCalendar` turns it into a problem. */
export class CalendarError extends Error {
  constructor(
    message: string,
    /** What to do about it. */
    readonly help = 'export the calendar anew',
  ) {
    super(message)
  }
}

/** A calendar takes too much work; no use in looking at its other events. */
export class CalendarLimit extends CalendarError {}
