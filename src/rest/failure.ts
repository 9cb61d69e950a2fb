/** Whether a request that failed can have had an effect at Twilio. */
export type Effect = 'none' | 'unknown'

/** What Twilio says of a request that it refuses. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number
  /** Twilio's error code, such as 21211. */
  readonly code: number | undefined
  readonly message: string
  readonly moreInfo: string | undefined
}

/**
 * A request to Twilio's REST API that failed. It is made from what the HTTP client throws, since that holds the
 * credentials in its headers.
 */
export class TwilioFailure extends Error {
  constructor(
    message: string,
    readonly effect: Effect,
    readonly refusal?: Refusal,
  ) {
    super(message)
  }
}

/** An account that cannot be asked: the config has no credentials, or Twilio does not know them. Message with its help. */
export class NoCredentials extends Error {}

/** A name that does not resolve, and a connection that is refused: nothing has been sent. */
const NOT_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve at the moment',
}

interface Thrown {
  readonly status?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly moreInfo?: unknown
}

/** Twilio's code for wrong credentials. */
const WRONG_CREDENTIALS = 20003

/**
 * What the SDK threw, as one of ours, without what must not be shown. `account` is how people call it, `api` the origin
 * that was asked.
 */
export function failureOf(thrown: unknown, account: string, api: string): TwilioFailure | NoCredentials {
  const { status, code, message, moreInfo } = thrown as Thrown
  if (typeof status === 'number') {
    if (status === 401 || code === WRONG_CREDENTIALS) return wrongCredentials(account)
    const text = typeof message === 'string' ? message : `Twilio answers with HTTP ${status}`
    const refusal: Refusal = {
      status,
      code: typeof code === 'number' ? code : undefined,
      message: text,
      moreInfo: typeof moreInfo === 'string' ? moreInfo : undefined,
    }
    return new TwilioFailure(text, status < 500 ? 'none' : 'unknown', refusal)
  }
  const notSent = NOT_SENT[String(code)]
  if (notSent) return new TwilioFailure(`Twilio's REST API at ${api} cannot be reached: ${notSent}`, 'none')
  const why = typeof code === 'string' ? ` (${code})` : ''
  return new TwilioFailure(`Twilio's REST API at ${api} gave no answer${why}`, 'unknown')
}

function wrongCredentials(account: string): NoCredentials {
  return new NoCredentials(
    `Twilio refuses the credentials of account ${account} (error ${WRONG_CREDENTIALS}); fix its authTokens, or apiKey and apiKeySecret`,
  )
}
