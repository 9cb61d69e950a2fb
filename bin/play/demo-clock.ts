/** Seconds until the next webhook of a leg comes, by its status; how long people talk changes with each call. */
const LEG_SECONDS: Readonly<Record<string, number>> = {
  ringing: 0.9,
  'in-progress': 5.2,
  busy: 1.4,
  'no-answer': 18,
  failed: 0.4,
}
const TALKS = [34, 71, 48, 112, 26, 59]

/** How long Twilio waits for a gateway that says nothing, in seconds. */
const SILENCE = 5.2

type SentWebhook = Readonly<Record<string, string>>

/** The clock of a demo: it goes on from where it is set, and by what takes time on the telephone and none here. */
export class DemoClock {
  #ahead = 0
  #latest = 0
  #talks = 0

  /** Epoch milliseconds. */
  readonly now = () => Date.now() + this.#ahead

  set(time: number): void {
    this.#ahead = time - Date.now()
  }

  /** The clock of this machine again. */
  reset(): void {
    this.#ahead = 0
  }

  /** To the latest time that it was at. */
  catchUp(): void {
    this.set(this.#latest)
  }

  /** Passes the time that Twilio would take before it sends this webhook. */
  readonly pass = (webhook: SentWebhook): void => {
    this.#ahead += 1000 * this.#secondsBefore(webhook)
    this.#latest = Math.max(this.#latest, this.now())
  }

  #secondsBefore(webhook: SentWebhook): number {
    const { ParentCallSid, CallStatus, DialCallStatus, DialSipResponseCode, RecordingDuration } = webhook
    if (ParentCallSid !== undefined && CallStatus === 'completed') {
      this.#talks += 1
      return TALKS[this.#talks % TALKS.length]!
    }
    if (DialCallStatus === 'failed' && DialSipResponseCode === undefined) return SILENCE
    const leg = ParentCallSid === undefined ? '' : CallStatus!
    return Number(LEG_SECONDS[leg] ?? RecordingDuration ?? 0)
  }
}
