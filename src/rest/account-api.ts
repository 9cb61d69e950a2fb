import type { Twilio } from 'twilio'
import { z } from 'zod'
import type { Account, RestSettings } from '../model/config.js'
import type { CallParameters } from '../outbound/call-request.js'
import { withoutPasswords } from '../sip/passwords.js'
import {
  failureOf,
  isMissing,
  NoCredentials,
  PATIENT,
  type Patience,
  TwilioFailure,
  type World,
  withRetries,
} from './failure.js'
import {
  type AccountNumber,
  accountNumber,
  allPages,
  namedSettings,
  PAGE,
  type ResourceKind,
  type SdkPage,
  type VoiceResource,
  type VoiceSettings,
  voiceLists,
  voiceResource,
} from './voice-resources.js'

/** What dialsip asks of Twilio's REST API, for one account. Everything may throw `TwilioFailure` or `NoCredentials`. */
export interface AccountApi {
  /** Places a call. What is not known to have failed is not repeated. */
  createCall(parameters: CallParameters): Promise<CallState>
  call(sid: string): Promise<CallState>
  /** Ends a call: `canceled` while it is queued or rings, `completed` at any time. */
  endCall(sid: string, status: 'canceled' | 'completed'): Promise<CallState>
  /** All incoming numbers, page by page. */
  numbers(): Promise<AccountNumber[]>
  /** The Twilio region in which a number's calls are worked on; undefined where Twilio does not say. */
  activeRegion(phoneNumber: string): Promise<string | undefined>
  /** All of a kind; none where Twilio has no such list. */
  resources(kind: Exclude<ResourceKind, 'number'>): Promise<VoiceResource[]>
  set(resource: Pick<VoiceResource, 'kind' | 'sid'>, settings: Partial<VoiceSettings>): Promise<void>
  /** The active accounts that these credentials reach: the account itself and its subaccounts. */
  accounts(): Promise<{ readonly sid: string; readonly name: string }[]>
}

/** Opens an account for requests. */
export async function openAccount(
  account: Account,
  settings: RestSettings,
  world: World,
  patience: Patience = PATIENT,
): Promise<AccountApi> {
  const client = await connect(account, settings, patience)
  const { v2010 } = client.api
  const api = originOf(client, settings)
  const { calls } = v2010.accounts(account.sid)
  const lists = voiceLists(client, account.sid)
  return {
    createCall: (parameters) => once(async () => callState(await calls.create(parameters))),
    call: (sid) => repeatedly(async () => callState(await calls(sid).fetch())),
    endCall: (sid, status) => repeatedly(async () => callState(await calls(sid).update({ status }))),
    numbers: async () => (await allPages(() => lists.number.page(PAGE), repeatedly)).map(accountNumber),
    activeRegion: async (phoneNumber) => {
      try {
        return (await repeatedly(() => client.routes.v2.phoneNumbers(phoneNumber).fetch())).voiceRegion
      } catch (error) {
        if (error instanceof NoCredentials || (error as TwilioFailure).refusal) return undefined
        throw error
      }
    },
    resources: async (kind) => (await listed(kind)).map((resource) => voiceResource(kind, resource)),
    set: ({ kind, sid }, settings) =>
      repeatedly(
        async () => void (await (lists[kind] as SdkList)(sid).update(namedSettings(kind, settings))),
      ),
    accounts: async () =>
      (await allPages(() => v2010.accounts.page({ ...PAGE, status: 'active' }), repeatedly)).map(
        ({ sid, friendlyName }) => ({ sid, name: friendlyName }),
      ),
  }

  async function listed(kind: ResourceKind): Promise<object[]> {
    try {
      return await allPages(() => (lists[kind] as SdkList).page(PAGE), repeatedly)
    } catch (error) {
      if (isMissing(error)) return []
      throw error instanceof TwilioFailure ? error.during(`while reading ${kind}s`) : error
    }
  }

  function repeatedly<T>(ask: () => Promise<T>): Promise<T> {
    return withRetries(() => asked(ask, account.name, api), true, world, patience)
  }

  function once<T>(ask: () => Promise<T>): Promise<T> {
    return withRetries(() => asked(ask, account.name, api), false, world, patience)
  }
}

/** What the SDK's lists have in common. */
interface SdkList {
  (sid: string): { update(settings: object): Promise<unknown> }
  page(asked: object): Promise<SdkPage<object>>
}

/** A request that may be repeated, since twice is the same as once. */
export function askRepeatedly<T>(ask: () => Promise<T>, name: string, api: string, world: World): Promise<T> {
  return withRetries(() => asked(ask, name, api), true, world)
}

/** What the SDK throws becomes a `TwilioFailure` or `NoCredentials`. */
async function asked<T>(ask: () => Promise<T>, name: string, api: string): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw failureOf(error, name, api)
  }
}

/** Where requests to the API's host are sent: the SDK puts region and edge into its name. */
export function originOf(client: Twilio, { apiBaseUrl }: RestSettings): string {
  const url = new URL(apiBaseUrl ?? client.api.baseUrl)
  if (apiBaseUrl !== undefined) return url.origin
  url.hostname = client.getHostname(url.hostname, client.edge!, client.region!)
  return url.origin
}

/**
 * Twilio's SDK, loaded here and nowhere else, since few processes need it.
 * Empty texts keep the SDK from looking into the environment: the config alone counts.
 */
export async function connect(
  account: Account,
  { apiBaseUrl, edge = '', region = '' }: RestSettings,
  { timeoutMs }: Patience = PATIENT,
): Promise<Twilio> {
  const [username, password] = credentials(account)
  const { default: twilio } = await import('twilio')
  const options = { accountSid: account.sid, edge, region, logLevel: '', timeout: timeoutMs }
  const requests = new twilio.RequestClient({ timeout: timeoutMs })
  const httpClient = {
    request: (sent: SdkRequest) => requests.request({ ...sent, uri: hostedAt(apiBaseUrl, sent.uri) }),
  }
  return twilio(username, password, { ...options, httpClient: httpClient as never })
}

type SdkRequest = Parameters<InstanceType<typeof import('twilio').RequestClient>['request']>[0]

/** The URL for a request to one of Twilio's hosts: all of them are at `apiBaseUrl` when there is one, paths unchanged. */
export function hostedAt(apiBaseUrl: string | undefined, url: string): string {
  return apiBaseUrl === undefined ? url : url.replace(/^https?:\/\/[^/]+/, apiBaseUrl)
}

/** An API key can be withdrawn without touching the signatures, so it goes before the auth token. */
function credentials({ sid, name, apiKey, authTokens }: Account): readonly [string, string] {
  if (apiKey) return [apiKey.sid, apiKey.secret]
  const [token] = authTokens
  if (token === undefined)
    throw new NoCredentials(`account ${name} has no credentials; add authTokens, or apiKey and apiKeySecret`)
  return [sid, token]
}

const CALL_STATUSES = [
  ...(['queued', 'ringing', 'in-progress', 'completed'] as const),
  ...(['busy', 'failed', 'no-answer', 'canceled'] as const),
]

/** A call as Twilio tells it. */
export const callStateSchema = z
  .object({
    sid: z.string().regex(/^CA[0-9a-fA-F]{32}$/),
    status: z.enum(CALL_STATUSES),
    direction: z.string(),
    from: z.string(),
    to: z.string(),
    startTime: z.iso.datetime().optional(),
    endTime: z.iso.datetime().optional(),
    duration: z.string().optional().describe('Seconds'),
    answeredBy: z.string().optional(),
    queueTime: z.string().optional().describe('Milliseconds that the call waited at Twilio'),
  })
  .meta({ id: 'Call' })

export type CallState = Readonly<z.output<typeof callStateSchema>>

type SdkCall = Awaited<ReturnType<Twilio['calls']['create']>>

function callState(call: SdkCall): CallState {
  return {
    sid: call.sid,
    status: call.status,
    direction: call.direction,
    from: call.from,
    to: withoutPasswords(call.to),
    startTime: call.startTime?.toISOString(),
    endTime: call.endTime?.toISOString(),
    duration: call.duration ?? undefined,
    answeredBy: call.answeredBy ?? undefined,
    queueTime: call.queueTime ?? undefined,
  }
}
