import { accountNamed } from '../config/account-named.js'
import { missingKey } from '../config/schema/keys.js'
import { cannotBeCallerId } from '../dial/caller-id.js'
import { levelOf } from '../errors/config-error.js'
import type { Problem } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'
import { forAccount } from '../for-account.js'
import type { Account, Config } from '../model/config.js'
import { isE164 } from '../numbers/e164.js'
import { CALLER_ID } from '../sip/caller-id.js'
import { CALL_PARAMETERS } from '../twilio/call-parameters.js'
import { type CallParameters, type CheckedRequest, Findings } from './call-request.js'
import type { CallSource } from './call-schema.js'
import { type CalledParty, calledParty } from './called-party.js'
import { readSource } from './read-source.js'
import { whenAnswered } from './when-answered.js'

/**
 * Checks a request for a call by the rules of Twilio's pages "Making SIP calls" and "Call resource", before Twilio is
 * asked, and puts in what the config knows: endpoints, caller id, callbacks. All errors are found at once. Pure.
 */
export function checkCallRequest(input: unknown, config: Config): CheckedRequest {
  const findings = new Findings()
  const written = readSource(input, findings)
  const given = Object.keys(written)
  const source: CallSource = { ...written, ...(!given.includes('from') && { from: config.outbound.from }) }
  const account = accountOf(source.account, config, findings)
  const own = account ? forAccount(config, account.sid) : config
  const party = partyOf(source, given, own, findings)
  checkFrom(source, given, findings)
  checkStatusHost(source, findings)
  checkDigits(source, findings)
  const answered = whenAnswered(source, given, { config: own, whole: config, account, findings })
  const errors = findings.all.filter(({ problem }) => levelOf(problem) === 'error')
  const warnings = findings.all.filter(({ problem }) => levelOf(problem) === 'warning')
  const complete = errors.length === 0 && account && party && source.from !== undefined
  if (!complete) return { request: undefined, errors, warnings }
  const parameters = assemble(source, source.from!, party, answered, config)
  return { request: { account: account.sid, parameters }, errors, warnings }
}

const STATUS_EVENTS = ['initiated', 'ringing', 'answered', 'completed']

function assemble(
  source: CallSource,
  from: string,
  party: CalledParty,
  answered: Readonly<Record<string, string>>,
  { publicUrl }: Config,
): CallParameters {
  const passed = CALL_PARAMETERS.map(({ name }) => [name, source[name]]).filter(
    ([, value]) => value !== undefined,
  )
  const callbacks = { statusCallback: `${publicUrl.href}/status`, statusCallbackEvent: STATUS_EVENTS }
  const all = {
    ...(answered.applicationSid === undefined && callbacks),
    ...party,
    ...Object.fromEntries(passed),
    ...answered,
    from,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as CallParameters
}

function partyOf(
  source: CallSource,
  given: readonly string[],
  config: Config,
  findings: Findings,
): CalledParty | undefined {
  if (source.to !== undefined) return calledParty(source, config, findings)
  if (!given.includes('to')) findings.add(missingKey('to', 'a SIP URI or the name of an endpoint'))
  return undefined
}

/** "From" of a SIP call: alphanumerics and `+ - _ .`; of a call to the telephone network, a number. */
function checkFrom({ to, from }: CallSource, given: readonly string[], findings: Findings): void {
  if (from === undefined) {
    if (!given.includes('from')) findings.add(missingKey('from', 'a caller id, here or as outbound.from'))
  } else if (!CALLER_ID.test(from)) findings.add(cannotBeCallerId(from), 'from')
  else if (to !== undefined && isE164(to) && !isE164(from)) findings.add(notYourNumber(from), 'from')
}

function notYourNumber(found: string): Problem {
  return {
    code: 'caller-id',
    message: `"${found}" cannot be the caller id of a call to a phone number`,
    expected: 'a number of yours in E.164 form',
    found,
    help: 'write a number such as "+4930123456"',
  }
}

/** Twilio takes no status callback whose host holds an underscore, as Docker's names do. */
function checkStatusHost({ statusCallback }: CallSource, findings: Findings): void {
  const host = statusCallback === undefined ? '' : new URL(statusCallback as string).hostname
  if (!host.includes('_')) return
  findings.add(
    {
      code: 'wrong-value',
      message: `Twilio takes no status callback at "${host}", for its underscore`,
      expected: 'a host of letters, digits and dashes',
      found: host,
      help: 'use another name for the host',
    },
    'statusCallback',
  )
}

/** Twilio, "Call resource": with SendDigits there is no answering machine detection. */
function checkDigits({ sendDigits, machineDetection }: CallSource, findings: Findings): void {
  if (sendDigits === undefined || machineDetection === undefined) return
  findings.add(
    {
      code: 'conflicting-keys',
      message: 'sendDigits turns machineDetection off',
      expected: 'one of sendDigits and machineDetection',
      found: 'sendDigits',
      help: 'remove one of the two',
    },
    'sendDigits',
  )
}

function accountOf(named: string | undefined, config: Config, findings: Findings): Account | undefined {
  const account = accountNamed(config, named)
  const names = config.accounts.map(({ name }) => name)
  if (!account) findings.add(noSuchAccount(named, names), 'account')
  return account
}

function noSuchAccount(found = '', names: readonly string[]): Problem {
  const meant = suggest(found, names)
  return {
    code: 'wrong-value',
    message: `no account is called "${found}"${didYouMean(meant)}`,
    expected: `one of ${names.join(', ')}`,
    found,
    help: meant ? `write ${meant}` : 'add it under accounts',
  }
}
