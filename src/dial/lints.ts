import { below, type Item, type Origin } from '../errors/origin.js'
import type { Problem, Reporter } from '../errors/problem.js'
import {
  type Account,
  type ActionList,
  type DialEntry,
  type Hop,
  hasCredentials,
  hopsIn,
} from '../model/config.js'
import type { DialContext } from './dial-context.js'
import { hopsOfList } from './find-dial.js'
import { lintScreen } from './screen.js'

/**
 * Warns of endpoints that ring twice in one dial. Only names count: the same address may be reached from two regions.
 * `made` says where each hop was written. No warning of a delayed ring: of a ring with more endpoints than the hop before,
 * after nobody has answered there.
 */
export function lintRepeats(
  entries: readonly DialEntry[],
  failoverOn: readonly string[],
  made: readonly Item<Hop>[],
  report: Reporter,
): void {
  if (!mayRepeat(made)) return
  const ringsOn = failoverOn.includes('noAnswer') || failoverOn.includes('487')
  const seen = new Map<string, Hop>()
  for (const hop of hopsIn(entries)) {
    for (const { name } of hop.endpoints) {
      const earlier = seen.get(name)
      if (earlier && !(ringsOn && isWider(hop, earlier)))
        report.add(hopTwice(name), originOf(hop), 'value', originOf(earlier))
      else seen.set(name, hop)
    }
  }

  function originOf(hop: Hop): Origin {
    return made.find(({ value }) => value === hop)!.origin
  }
}

/** Whether all that rang in the earlier hop ring in this one, and others with them. */
function isWider(hop: Hop, earlier: Hop): boolean {
  const names = hop.endpoints.map(({ name }) => name)
  return (
    names.length > earlier.endpoints.length && earlier.endpoints.every(({ name }) => names.includes(name))
  )
}

/** Whether it is worth a closer look: two hops are called the same, or one has several endpoints. */
function mayRepeat(made: readonly Item<Hop>[]): boolean {
  if (made.some(({ value: { endpoints } }) => endpoints.length > 1)) return true
  return made.length > 1 && new Set(made.map(({ value: { name } }) => name)).size < made.length
}

function hopTwice(found: string): Problem {
  return {
    code: 'hop-twice',
    message: `${found} is twice in this dial`,
    expected: 'each endpoint once',
    found,
    help: 'remove one of the two',
  }
}

/**
 * Warns of phone numbers whose mailbox may answer in place of what is written after them: without a screen Twilio
 * takes a mailbox for a person. There is no warning where what comes after only ends the call, or only says
 * something.
 */
export function lintMailboxes(
  entries: readonly DialEntry[],
  otherwise: ActionList | undefined,
  made: readonly Item<Hop>[],
  report: Reporter,
): void {
  const unscreened = made.filter(({ value }) => unscreenedNumber(value) !== undefined)
  if (unscreened.length === 0) return
  const last = hopsIn(entries).at(-1)
  const isFollowed = otherwise?.actions.some(({ verb }) => TAKES_CALL.includes(verb)) ?? false
  for (const { value, origin } of unscreened) {
    const after = value !== last ? 'the next hop' : isFollowed ? 'otherwise' : undefined
    const place = value.endpoints.length === 1 ? below(origin, 'number') : origin
    if (after) report.add(mailbox(unscreenedNumber(value)!, after), place)
  }
}

/** After these the caller has somebody, or something, to talk to. */
const TAKES_CALL: readonly string[] = ['dial', 'record', 'redirect']

/** A number of this hop whose callee need not press anything: none, or only hears a whisper. */
function unscreenedNumber({ screen, endpoints }: Hop): string | undefined {
  return screen?.accept !== undefined
    ? undefined
    : endpoints.find(({ number, attributes }) => number !== undefined && attributes.url === undefined)?.number
}

function mailbox(found: string, after: string): Problem {
  return {
    code: 'mailbox-may-answer',
    message: `a mailbox may answer ${found}, and the caller never gets to ${after}`,
    expected: 'a screen on which a person presses a key',
    found,
    help: 'add screen: true next to dial, or url: next to number with a document of yours',
  }
}

/** What is next to a dial, in one entry of it, at an endpoint, or under `defaults`. */
type Source = Readonly<Record<string, unknown>>

/** Warns of what is next to a dial, in one entry of it, at an endpoint, or under `defaults`. */
export function lintSettings(
  source: Source,
  origin: Origin,
  context: Pick<DialContext, 'publicUrl' | 'report'>,
): void {
  lintTimeLimit(source, origin, context.report)
  lintScreen(source, origin, context)
  lintProgress(source, origin, context.report)
}

/** What `timeLimit` may be on every account, in seconds (Twilio, "TwiML <Dial>"). */
const USUAL_TIME_LIMIT = 14_400

/** Warns of a `timeLimit` that some accounts refuse. */
function lintTimeLimit(source: Source, origin: Origin, report: Reporter): void {
  const { timeLimit } = source as { timeLimit?: number }
  if (timeLimit === undefined || timeLimit <= USUAL_TIME_LIMIT) return
  report.add(
    {
      code: 'time-limit-account',
      message: `a timeLimit of ${timeLimit} works only with the 24-hour maximum of the account`,
      expected: `at most ${USUAL_TIME_LIMIT} seconds on other accounts`,
      found: String(timeLimit),
      help: `write ${USUAL_TIME_LIMIT}, or enable the 24-hour maximum in the Console`,
    },
    below(origin, 'timeLimit'),
  )
}

/** What dialsip learns of a leg by each step of its progress. */
const LEARNT: Readonly<Record<string, string>> = {
  ringing: 'whether it rings and its post-dial delay',
  answered: 'which of several endpoints answers',
  completed: 'when it ends (its slot is free when the whole dial has ended)',
}

/** Warns of progress that goes to somebody else, or to nobody: Twilio sends it to one URL. */
function lintProgress(source: Source, origin: Origin, report: Reporter): void {
  const { statusCallback, statusCallbackEvent } = source
  if (typeof statusCallback === 'string') {
    report.add(progressElsewhere(statusCallback), below(origin, 'statusCallback'))
  } else if (statusCallbackEvent !== undefined) {
    const missing = Object.keys(LEARNT).filter((event) => ![statusCallbackEvent].flat().includes(event))
    if (missing.length > 0) report.add(progressUnheard(missing), below(origin, 'statusCallbackEvent'))
  }
}

function progressElsewhere(found: string): Problem {
  return {
    code: 'status-callback',
    message: `the progress of this leg goes to a URL of yours, so dialsip does not know ${Object.values(LEARNT).join(', ')}`,
    expected: 'no statusCallback: dialsip asks for the progress itself',
    found,
    help: 'remove statusCallback, or go without; a no-answer without a SIP code is then unreachable',
  }
}

function progressUnheard(missing: readonly string[]): Problem {
  return {
    code: 'status-callback',
    message: `dialsip does not get ${missing.join(', ')} of this leg, so it does not know ${missing.map((event) => LEARNT[event]).join(', ')}`,
    expected: Object.keys(LEARNT).join(', '),
    help: 'remove statusCallbackEvent: dialsip asks for all steps itself',
  }
}

/** Lists of actions, and the accounts whose calls come to them. */
export interface Served {
  readonly lists: readonly ActionList[]
  readonly accounts: readonly Account[]
}

/** What a hop rings for, when its dial sets no `timeout` (Twilio, "TwiML <Dial>"). */
const TIMEOUT = 30

/** Warns of every `noProgress` that has no effect: nobody may cancel the leg, nobody hears of it, or it has ended before. */
export function lintNoProgress(
  served: Iterable<Served>,
  insecureSkipSignature: boolean,
  { withNoProgress, report }: Pick<DialContext, 'withNoProgress' | 'report'>,
): void {
  if (withNoProgress.size === 0) return
  for (const { lists, accounts } of served) {
    const ofAll = insecureSkipSignature ? [unsigned] : withoutCredentials(accounts)
    for (const hop of lists.flatMap(hopsOfList)) {
      const origin = withNoProgress.get(hop)
      if (origin) report.addAll([...ofAll, ...unheard(hop), ...tooLate(hop)], origin)
    }
  }
}

const unsigned: Problem = {
  code: 'no-progress',
  message:
    'noProgress has no effect while insecureSkipSignature is set: only signed requests lead to a cancelled leg',
  expected: 'signatures that are checked',
  help: 'remove insecureSkipSignature, or noProgress',
}

function withoutCredentials(accounts: readonly Account[]): Problem[] {
  const names = accounts.filter((account) => !hasCredentials(account)).map(({ name }) => name)
  return names.map((name) => ({
    code: 'no-progress',
    message: `noProgress has no effect for calls of account ${name}: cancelling a leg takes credentials`,
    expected: 'authTokens, or apiKey and apiKeySecret, at each account whose calls come here',
    help: `add authTokens to account ${name}, or remove noProgress`,
  }))
}

function unheard({ endpoints }: Hop): Problem[] {
  const own = endpoints.filter(({ attributes }) => attributes.statusCallback !== undefined)
  return own.map(({ name }) => ({
    code: 'no-progress',
    message: `noProgress has no effect for ${name}: its progress goes to a URL of yours`,
    expected: 'no statusCallback at an endpoint with noProgress',
    found: name,
    help: 'remove statusCallback there, or noProgress here',
  }))
}

function tooLate({ noProgress, attributes }: Hop): Problem[] {
  const timeout = Number(attributes.timeout ?? TIMEOUT)
  if (noProgress! < timeout) return []
  return [
    {
      code: 'no-progress',
      message: `noProgress has no effect: the timeout of ${timeout} seconds is over by then`,
      expected: `less than ${timeout}`,
      found: String(noProgress),
      help: 'write a smaller noProgress, or a larger timeout',
    },
  ]
}
