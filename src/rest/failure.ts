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

  /** The same with what was done: `while reading trunks`. */
  during(what: string): TwilioFailure {
    return new TwilioFailure(`${this.message}, ${what}`, this.effect, this.refusal)
  }
}

/** Whether Twilio does not have what was asked for. */
export function isMissing(error: unknown): boolean {
  return error instanceof TwilioFailure && error.refusal?.status === 404
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

/** What a retry needs of the world. */
export interface World {
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>
  /** Epoch milliseconds. */
  now(): number
  /** A random number, 0 <= n < 1. */
  random(): number
}

/** The HTTP status of what Twilio has not worked on, since there are too many requests at a time. */
export const TOO_MANY = 429

/** How long a request may take. */
export interface Patience {
  /** Milliseconds after which one without an answer is given up. */
  readonly timeoutMs: number
  /** Milliseconds after the first try in which another one may begin; with 0 there is no other. */
  readonly budgetMs: number
}

/** For requests that somebody waits for. */
export const PATIENT: Patience = { timeoutMs: 15_000, budgetMs: 20_000 }

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000

/**
 * Asks Twilio again after a 429, which Twilio has not worked on, and after an error of the network, with pauses that
 * grow from half a second and jitter. What may have had an effect is repeated only if twice is the same as once.
 */
export function withRetries<T>(
  ask: () => Promise<T>,
  repeatable: boolean,
  world: World,
  { budgetMs }: Patience = PATIENT,
): Promise<T> {
  const begun = world.now()
  const deadline = begun + budgetMs
  return attempt(FIRST_PAUSE_MS)

  async function attempt(longest: number): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      const pause = longest * (0.5 + world.random() / 2)
      if (!isWorthRepeating(error, repeatable) || world.now() + pause > deadline)
        throw sayHowLong(error, world.now() - begun)
      await world.pause(pause)
    }
    return attempt(Math.min(longest * 2, LONGEST_PAUSE_MS))
  }
}

/** Without an answer it matters how long one was waited for. */
function sayHowLong(error: unknown, milliseconds: number): unknown {
  if (!(error instanceof TwilioFailure) || error.refusal) return error
  return new TwilioFailure(`${error.message}, after ${Math.round(milliseconds / 1000)} s`, error.effect)
}

function isWorthRepeating(error: unknown, repeatable: boolean): boolean {
  if (!(error instanceof TwilioFailure)) return false
  if (error.refusal) return error.refusal.status === TOO_MANY
  return repeatable || error.effect === 'none'
}
