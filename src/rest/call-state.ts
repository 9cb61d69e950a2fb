import type { Twilio } from 'twilio'
import { withoutPasswords } from '../sip/passwords.js'

/** A call as Twilio tells it. */
export interface CallState {
  readonly sid: string
  readonly status: string
  readonly direction: string
  readonly from: string
  readonly to: string
  readonly startTime: string | undefined
  readonly endTime: string | undefined
  /** Seconds. */
  readonly duration: string | undefined
  readonly answeredBy: string | undefined
  /** Milliseconds that the call waited at Twilio. */
  readonly queueTime: string | undefined
}

type SdkCall = Awaited<ReturnType<Twilio['calls']['create']>>

export function callState(call: SdkCall): CallState {
  return {
    sid: call.sid,
    status: call.status,
    direction: call.direction,
    from: call.from,
    to: withoutPasswords(call.to),
    startTime: call.startTime?.toISOString(),
    endTime: call.endTime?.toISOString(),
    duration: call.duration ?? undefined,
    answeredBy: call.answeredBy ?? undefined,
    queueTime: call.queueTime ?? undefined,
  }
}
