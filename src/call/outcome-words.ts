import type { Outcome } from './outcome.js'

/** What Twilio sends for each word about a leg; where there is a SIP code, it decides the class (see `classify`). */
const WORDS: Readonly<Record<string, Omit<Outcome, 'rang'>>> = {
  answered: said('completed', 200, true),
  completed: said('completed', 200, true),
  canceled: said('canceled'),
  silent: said('no-answer'),
  timeout: said('no-answer'),
  failed: said('failed'),
  unreachable: said('failed'),
  serverError: said('failed', 500),
  rejected: said('failed', 403),
  notFound: said('failed', 404),
  unavailable: said('failed', 480),
  busy: said('busy', 486),
  declined: said('failed', 603),
  noAnswer: said('no-answer', 487),
  'no-answer': said('no-answer'),
  unaccepted: said('completed', 200, false),
}

function said(status: string, code?: number, bridged?: boolean): Omit<Outcome, 'rang'> {
  return { status, code, bridged }
}

export const OUTCOME_WORDS: readonly string[] = Object.keys(WORDS)

/**
 * Reads the outcome of a leg as people write it: a SIP code (`503`), Twilio's or our own word (`busy`,
 * `unreachable`), `silent` for no answer of any kind, `unaccepted` for a callee who does not accept the call on the
 * screen. `ringing+` in front: a `ringing` callback came before. Undefined for any other text.
 */
export function readOutcome(text: string): Outcome | undefined {
  const [, ringing, word] = /^(ringing\+)?(.+)$/.exec(text.trim()) ?? []
  const outcome =
    word !== undefined && (byCode(word) ?? (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined))
  return outcome ? { ...outcome, rang: ringing !== undefined } : undefined
}

/** The `DialCallStatus` that Twilio sends with a code. */
function byCode(word: string): Omit<Outcome, 'rang'> | undefined {
  if (!/^[1-6]\d\d$/.test(word)) return undefined
  const code = Number(word)
  if (code >= 200 && code < 300) return said('completed', code, true)
  const busy = code === 486 || code === 600
  return said(busy ? 'busy' : code < 200 || code === 487 ? 'no-answer' : 'failed', code)
}
