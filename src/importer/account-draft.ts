import type { VoiceResource, VoiceSettings } from '../rest/voice-resources.js'
import { isHttpUrl } from '../schema/scalars.js'
import { isBin, shown, unheard, webhookName, webhookOf, withoutSecrets } from './destinations.js'
import { Draft, variableOf, type Written, type WrittenBody } from './draft.js'
import { readTwiml } from './read-twiml.js'
import { type ElasticTrunk, type ReadAccount, type ReadNumber, sidName, trunkHops } from './twilio-account.js'

/** An account that was read, with its name and its variable in the config. */
export interface NamedAccount {
  readonly account: ReadAccount
  /** Undefined for the only one. */
  readonly name: string | undefined
}

export interface AccountDraftOptions {
  readonly publicUrl: string
  /** The Twilio region that was asked. */
  readonly region: string
}

/** Where calls go today, and what of it the config does. */
interface Resolved {
  /** Undefined: there is nothing to hand calls to. */
  readonly body: WrittenBody | undefined
  readonly taken: boolean
  readonly name: string
  readonly why: string
  readonly section: string
  readonly notes: readonly string[]
}

const MANUAL = 'docs/import.md'

/** The config that does what the accounts do, and what became of each number. Pure. */
export function draftOfAccounts(accounts: readonly NamedAccount[], options: AccountDraftOptions): Draft {
  const written = accounts.map(({ account, name }) => ({
    sid: account.sid,
    ...(name !== undefined && { name }),
    authTokens: [`\${${tokenVariable(name)}}`],
  }))
  const sids = accounts.map(({ account }) => account.sid).join(', ')
  const draft = new Draft(options.publicUrl, written, [`Twilio account ${sids}`])
  for (const named of accounts) takeAccount(named, draft, options)
  draft.prune()
  return draft
}

/** The environment variable for the auth token of an account. */
function tokenVariable(name: string | undefined): string {
  return name === undefined ? 'TWILIO_AUTH_TOKEN' : `TWILIO_AUTH_TOKEN_${variableOf(name)}`
}

function takeAccount({ account, name }: NamedAccount, draft: Draft, options: AccountDraftOptions): void {
  const resolve = resolver(account, draft, options.publicUrl)
  const inUse = new Set<string>()
  for (const number of account.numbers) {
    inUse.add(number.voiceApplicationSid)
    const found = numberOf(number)
    add(number, number.name, found, found.body ? unheard(number, options.publicUrl) : [])
  }
  for (const domain of account.domains)
    add(domain, `sip:*@${domain.name}`, resolve.url(domain), unheard(domain, options.publicUrl))
  for (const trunk of account.byocTrunks)
    report(trunk, 'its numbers are not listed at Twilio; add a route with them')
  for (const app of account.applications)
    if (!inUse.has(app.sid)) report(app, 'no number has it; calls of clients and of the REST API come to it')

  function numberOf(number: ReadNumber): Resolved {
    const { trunkSid, voiceApplicationSid, region = options.region } = number
    if (region !== options.region)
      return needsYou(
        `its calls are worked on in region ${region}, and this is ${options.region}; import with --region ${region}`,
        'another-region',
      )
    if (trunkSid !== '') return resolve.trunk(trunkSid)
    if (voiceApplicationSid === '') return resolve.url(number)
    const app = account.applications.find(({ sid }) => sid === voiceApplicationSid)
    if (!app) return needsYou(`application ${voiceApplicationSid} is not in this account`, 'an-application')
    const found = resolve.url(app)
    return { ...found, why: `application ${labelOf(app)}: ${found.why}` }
  }

  function add(
    { kind, name: subject }: VoiceResource,
    to: string,
    found: Resolved,
    lost: readonly string[],
  ): void {
    const { body, taken, why, section, notes } = found
    const comments = [taken ? why : `NEEDS YOU: ${why}`, ...notes.map((note) => `note: ${note}`)]
    const route = body ? draft.route({ name: found.name, to, account: name, body, comments }) : ''
    draft.findings.push({
      kind,
      subject,
      taken,
      route,
      why: [why, ...notes, ...lost].join('; '),
      docs: `${MANUAL}#${section}`,
    })
  }

  /** Something that no number leads to is only reported. */
  function report(resource: VoiceResource, why: string): void {
    const { why: goes, section } = resolve.url(resource)
    draft.findings.push({
      kind: resource.kind,
      subject: labelOf(resource),
      taken: false,
      route: '',
      why: `${why}. It leads to: ${goes}`,
      docs: `${MANUAL}#${section}`,
    })
  }
}

function labelOf({ sid, friendlyName }: Pick<VoiceResource, 'sid' | 'friendlyName'>): string {
  return friendlyName === '' ? sid : `${sid} (${friendlyName})`
}

function needsYou(why: string, section: string): Resolved {
  return { body: undefined, taken: false, name: '', why, section, notes: [] }
}

/** Finds out where calls go, each URL and each trunk once. */
function resolver(account: ReadAccount, draft: Draft, publicUrl: string) {
  const known = new Map<string, Resolved>()
  return { url, trunk }

  function once(key: string, resolve: () => Resolved): Resolved {
    const found = known.get(key) ?? resolve()
    known.set(key, found)
    return found
  }

  function url(urls: Pick<VoiceSettings, 'voiceUrl' | 'voiceMethod'>): Resolved {
    return once(`${urls.voiceMethod} ${urls.voiceUrl}`, () => resolveUrl(urls.voiceUrl, urls.voiceMethod))
  }

  function resolveUrl(given: string, method: string): Resolved {
    const voiceUrl = given.trim()
    if (voiceUrl === '') return needsYou('it has no voice URL, so its calls end today', 'no-voice-url')
    if (!isHttpUrl(voiceUrl))
      return needsYou(`its voice URL ${shown(voiceUrl)} is not an http or https URL`, 'no-voice-url')
    if (voiceUrl.startsWith(publicUrl)) return needsYou('it points at dialsip already', 'no-voice-url')
    if (isBin(voiceUrl)) return binOf(voiceUrl, method)
    const { says, section } = webhookOf(new URL(voiceUrl), account)
    return handedOn(voiceUrl, method, says, section)
  }

  /** The call goes on at the URL of today, so that nothing changes until a person decides. */
  function handedOn(voiceUrl: string, method: string, why: string, section: string): Resolved {
    const name = webhookName(voiceUrl)
    const url = withoutSecrets(voiceUrl, name, draft)
    const body = { redirect: method.toUpperCase() === 'GET' ? { url, method: 'GET' } : url }
    return { body, taken: false, name, why, section, notes: [] }
  }

  function binOf(voiceUrl: string, method: string): Resolved {
    const sid = /EH\w+/i.exec(voiceUrl)![0]
    const label = `TwiML Bin ${sid}`
    const section = 'a-twiml-bin'
    const xml = account.bins.get(voiceUrl)
    if (xml === undefined)
      return handedOn(
        voiceUrl,
        method,
        `${label} is not given out: it takes the account's own auth token, TWILIO_AUTH_TOKEN`,
        section,
      )
    const { body, lost, notes } = readTwiml(xml, { draft, base: voiceUrl, where: label })
    const problems = lost.length > 0 ? lost : [draft.problem(body) ?? []].flat()
    if (problems.length > 0) return handedOn(voiceUrl, method, `${label}: ${problems.join('; ')}`, section)
    return { body, taken: true, name: bodyName(body, sid), why: label, section, notes }
  }

  function trunk(sid: string): Resolved {
    return once(sid, () => {
      const found = account.trunks.find((one) => one.sid === sid)
      return found ? trunkOf(found) : needsYou(`trunk ${sid} is not in this account`, 'a-trunk')
    })
  }

  function trunkOf(found: ElasticTrunk): Resolved {
    const label = `trunk ${labelOf(found)}`
    const on = found.originationUrls.filter(({ enabled }) => enabled)
    if (on.length === 0) return needsYou(`${label} has no origination URL that is enabled`, 'a-trunk')
    const off = found.originationUrls.length - on.length
    const name = draft.nameFor(found.friendlyName || sidName(found.sid))
    draft.groups.set(name, { value: trunkHops(on, found, draft), comments: [label] })
    const rescue = recovery(found)
    const { mode = 'do-not-record', trim } = found.recording
    const body: WrittenBody = {
      dial: rescue.hops.length > 0 ? [name, ...rescue.hops] : name,
      answerOnBridge: true,
      failoverOn: ['unreachable', 'serverError'],
      ...(mode !== 'do-not-record' && { record: mode, ...(trim !== undefined && { trim }) }),
      otherwise: rescue.otherwise,
    }
    const problem = draft.problem(body)
    if (problem !== undefined) return needsYou(`${label}: ${problem}`, 'a-trunk')
    const notes = [
      ...(off > 0 ? [`${off} origination URL that is not enabled is left out`] : []),
      ...rescue.notes,
    ]
    return { body, taken: true, name: `${name}-calls`, why: label, section: 'a-trunk', notes }
  }

  /**
   * The disaster-recovery URL is asked when no origination URL can be reached. A dial in its TwiML Bin is tried after
   * them, by the same rule; anything else can only be what happens when nobody answers.
   */
  function recovery({ disasterRecoveryUrl, disasterRecoveryMethod }: ElasticTrunk) {
    const busy = {
      hops: [] as readonly Written[],
      otherwise: { reject: 'busy' } as Written,
      notes: [] as string[],
    }
    if (disasterRecoveryUrl === '') return busy
    const { body, why, notes } = url({ voiceUrl: disasterRecoveryUrl, voiceMethod: disasterRecoveryMethod })
    if (!body) return { ...busy, notes: [`disaster-recovery URL: ${why}`] }
    if (isPlainDial(body))
      return { ...busy, hops: [body.dial!].flat(), notes: [`disaster-recovery URL: ${why}`, ...notes] }
    const note = `disaster-recovery URL: ${why}; it is asked after a busy or unanswered call as well, on the trunk only when no origination URL is reached`
    return { ...busy, otherwise: body, notes: [note, ...notes] }
  }
}

/** A dial without attributes of its own, after which the call ends. */
function isPlainDial({ dial, otherwise, ...attributes }: WrittenBody): boolean {
  return (
    dial !== undefined &&
    JSON.stringify(otherwise) === '{"hangup":true}' &&
    Object.keys(attributes).length === 0
  )
}

/** A route is called after what it rings, or after its bin. */
function bodyName({ dial, ...verbs }: WrittenBody, sid: string): string {
  if (typeof dial === 'string') return `${dial}-calls`
  const [verb = 'dial'] = dial === undefined ? Object.keys(verbs) : []
  return `${verb}-${sid.slice(-4)}`
}
