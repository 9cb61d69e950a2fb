import { TwilioFailure } from './failure.js'

/** What a retry needs of the world. */
export interface World {
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>
  /** Epoch milliseconds. */
  now(): number
  /** From 0 up to 1. */
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
