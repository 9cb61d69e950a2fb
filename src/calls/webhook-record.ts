/** A webhook of a call that was answered: what came, what was decided, what went back. */
export interface WebhookRecord {
  /** Epoch milliseconds of its arrival. */
  readonly at: number
  /** Such as `/dialed`. */
  readonly path: string
  readonly status: number
  /** Undefined where nothing is decided: callbacks, and a webhook that Twilio sent again. */
  readonly decision: DecisionNote | undefined
  /** What it has in common with one that Twilio sends again: its token, path and query; empty without a token. */
  readonly idempotencyKey: string
  /** The parameters, as the text of a form. */
  readonly form: string
  /** With passwords in clear: only to be shown masked. */
  readonly twiml: string
}

/** A decision in short, for the log and for people. It holds on to no config. */
export interface DecisionNote {
  readonly route: string
  readonly rule: string
  readonly reason: string
  readonly verbs: readonly string[]
  readonly hop: string | undefined
  readonly next: readonly string[] | undefined
  readonly outcome: string | undefined
  readonly skipped: readonly { readonly rule: string; readonly condition: string; readonly saw: string }[]
  readonly passedOver: readonly { readonly hop: string; readonly why: string }[]
  /** Endpoints of the dial that were ejected or drained, by name. */
  readonly notUp: Readonly<Record<string, string>> | undefined
}
