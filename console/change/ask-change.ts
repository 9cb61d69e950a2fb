import type { CheckAnswer, DiffAnswer } from '../../routes/admin/compare.js'
import { ask, Refused } from '../api.js'

/** A config that may run next: the files on the disk of the server, or texts. */
export type ProposedConfig =
  | { readonly disk: true }
  | { readonly text: string }
  | { readonly files: Readonly<Record<string, string>> }

/** What is wrong with a config, and what it changes for calls. */
export interface Verdict {
  readonly check: CheckAnswer
  /** Missing for one with errors, and while it is not known. */
  readonly diff?: DiffAnswer
}

/** The server compares one config at a time: others wait so long, so often. */
const [WAIT_MS, TRIES] = [500, 60]

/**
 * Asks what is wrong with a config, then what it changes; each is told when it is known. Throws what the API refuses,
 * and when `signal` says that nobody waits.
 */
export async function askChange(
  config: ProposedConfig,
  signal: AbortSignal,
  tell: (verdict: Verdict) => void,
): Promise<void> {
  const check = await inTurn<CheckAnswer>('/api/check', config, signal)
  tell({ check })
  if (check.ok)
    tell({ check, diff: await inTurn<DiffAnswer>('/api/diff', { ...config, short: true }, signal) })
}

async function inTurn<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask<T>(path, { method: 'POST', body: JSON.stringify(body), signal })
    } catch (error) {
      signal.throwIfAborted()
      const isTaken = error instanceof Refused && error.status === 429
      if (!isTaken || tries === TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
      signal.throwIfAborted()
    }
  }
}
