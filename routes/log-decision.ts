import type { Logger } from 'pino'
import type { Call } from '../src/call/call.js'
import type { DecisionNote } from '../src/calls/webhooks.js'
import { dialStepIn } from '../src/dial/find-dial.js'
import type { Decision, Plan } from '../src/model/decision.js'
import { loggedParameters, tokenlessParameters } from '../src/twilio/logged-parameters.js'
import type { WebhookParameters } from '../src/twilio/parameters.js'
import type { Service } from './service.js'

/** A logger for each plan with which the calls of a dial begin: what their lines have in common is serialised once. */
export type DialLogs = WeakMap<Plan, Logger>

/** Logs a decision in one line: the whole reason, and all that is needed to make the decision again. */
export function logDecision(service: Service, call: Call, decision: Decision, note: DecisionNote): void {
  const { log } = service
  const { callSid, from, to, params } = call
  for (const warning of decision.warnings) log.warn({ callSid }, warning)
  if (from.kind === 'other' || to.kind === 'other') warnOfBlanks(service, call)
  const said = { callSid, from: from.text, to: to.text, account: call.accountSid, params }
  const own = ofCall(said, note, service)
  const dialLog = dialLogOf(service, decision, note)
  if (dialLog) dialLog.info(own, note.reason)
  else log.info({ ...whereTo(note), ...own }, note.reason)
}

/** What the line of a decision says about its call. */
interface SaidOfCall extends Record<'callSid' | 'from' | 'to' | 'account', string> {
  readonly params: WebhookParameters
}

/** The line of a decision as plain data, with its keys in their order. */
export function decisionLine(time: string, said: SaidOfCall, note: DecisionNote, service: Service) {
  const line = { level: 'info', time, ...whereTo(note), ...ofCall(said, note, service), msg: note.reason }
  return JSON.parse(JSON.stringify(line)) as Readonly<Record<string, unknown>>
}

function ofCall(
  { callSid, from, to, account, params }: SaidOfCall,
  { outcome, skipped, passedOver, notUp }: DecisionNote,
  { log, active }: Service,
) {
  return {
    callSid,
    from,
    to,
    account: active.config.accountsApart && account,
    outcome,
    skipped: some(skipped),
    passedOver: some(passedOver),
    notUp,
    params: log.isLevelEnabled('debug') ? tokenlessParameters(params) : loggedParameters(params),
  }
}

/** A form decodes `+` as a blank, so a client that does not encode it sends another number: no route and no rule fits. */
function warnOfBlanks({ log }: Service, { callSid, from, to }: Call): void {
  for (const [name, { text }] of Object.entries({ From: from, To: to }))
    if (/^ \d/.test(text))
      log.warn({ callSid }, `${name} begins with a blank: the sender must write + as %2B`)
}

function whereTo({ route, rule, verbs, hop, next }: DecisionNote): object {
  return { route, rule, verbs, hop, next }
}

/** The logger of a dial that many calls begin with: its plan is frozen. */
function dialLogOf({ log, active }: Service, decision: Decision, note: DecisionNote): Logger | undefined {
  const plan = decision.steps.length === 1 ? dialStepIn(decision.steps)?.plan : undefined
  if (!plan || !Object.isFrozen(plan)) return undefined
  const known = active.dialLogs.get(plan) ?? log.child(whereTo(note))
  active.dialLogs.set(plan, known)
  return known
}

/** A key with nothing to say is left out of the line. */
function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined
}
