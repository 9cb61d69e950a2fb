import { z } from 'zod'
import { listOf, text } from '../../schema/scalars.js'

const closing = z.union(
  [
    text('a date, a range, a yearly date or an .ics file'),
    z.strictObject({
      schedule: text('the name of a schedule').describe(
        'Another schedule, whose closed dates hold here too.',
      ),
    }),
  ],
  'a date, a range, a yearly date, an .ics file, or { schedule: NAME }',
)

const expectedOpen = 'days and times such as mon-fri 09:00-18:00'

export const scheduleSchema = z.strictObject(
  {
    timezone: text('an IANA time zone').describe('The IANA name of the time zone, such as Europe/Berlin.'),
    open: listOf(text(expectedOpen), expectedOpen).describe('When it is open, in local time.'),
    closed: listOf(closing).optional().describe('Dates on which it is closed all the same.'),
  },
  'a schedule with timezone and open',
)

export type ScheduleSource = z.output<typeof scheduleSchema>
