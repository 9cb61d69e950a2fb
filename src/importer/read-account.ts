import type { Twilio } from 'twilio'
import type { Account, RestSettings } from '../model/config.js'
import { askRepeatedly, connect, originOf } from '../rest/account-api.js'
import { isMissing, NoCredentials, type TwilioFailure, type World } from '../rest/failure.js'
import {
  accountNumber,
  allPages,
  PAGE,
  type SdkPage,
  voiceLists,
  voiceResource,
} from '../rest/voice-resources.js'
import { isBin, readBin } from './destinations.js'
import type { ElasticTrunk, ReadAccount, StudioFlow } from './twilio-account.js'

/** Reading an account came to an end before all was read. */
export class AccountUnread extends Error {}

/** How many requests wait for Twilio at the same time. */
const AT_ONCE = 8

/** A subaccount, with the token that signs its webhooks where Twilio shows it. */
export interface Subaccount {
  readonly sid: string
  readonly name: string
  readonly authToken: string | undefined
}

/** An account that can be read. Only GET is used. Everything may throw `AccountUnread`. */
export interface AccountReader {
  read(): Promise<ReadAccount>
  subaccounts(): Promise<Subaccount[]>
}

/** Opens an account for reading. Throws `NoCredentials` when the config has nothing to ask with. */
export async function accountReader(
  account: Account,
  settings: RestSettings,
  world: World,
): Promise<AccountReader> {
  const client = await connect(account, settings)
  const api = originOf(client, settings)
  const lists = voiceLists(client, account.sid)
  return { read, subaccounts }

  async function read(): Promise<ReadAccount> {
    const numbers = await listed('numbers', () => lists.number.page(PAGE))
    const applications = await listed('applications', () => lists.application.page(PAGE))
    const domains = await listed('SIP domains', () => lists['SIP domain'].page(PAGE))
    const trunks = await listed('trunks', () => lists.trunk.page(PAGE))
    const byoc = await listed('BYOC trunks', () => lists['BYOC trunk'].page(PAGE))
    const flows = await listed('Studio flows', () => client.studio.v2.flows.page(PAGE))
    const found = {
      sid: account.sid,
      numbers: await eachOf(numbers.map(accountNumber), async (number) => ({
        ...number,
        region: await regionOf(number.name),
      })),
      applications: applications.map((one) => voiceResource('application', one)),
      domains: domains.map((one) => voiceResource('SIP domain', one)),
      trunks: await eachOf(trunks, trunkOf),
      byocTrunks: byoc.map((one) => voiceResource('BYOC trunk', one)),
      flows: await eachOf(flows, ({ sid }) => flowOf(sid)),
    }
    return { ...found, bins: await binsOf(found) }
  }

  async function subaccounts(): Promise<Subaccount[]> {
    const all = await listed('subaccounts', () =>
      client.api.v2010.accounts.page({ ...PAGE, status: 'active' }),
    )
    return all
      .filter(({ sid }) => sid !== account.sid)
      .map(({ sid, friendlyName, authToken }) => ({
        sid,
        name: friendlyName,
        authToken: authToken || undefined,
      }))
  }

  /** A whole list; a host that does not have it at all has none of it. */
  async function listed<T>(what: string, first: () => Promise<SdkPage<T>>): Promise<T[]> {
    return reading(what, () => allPages(first, (ask) => askRepeatedly(ask, account.name, api, world)), [])
  }

  async function reading<T>(what: string, ask: () => Promise<T>, missing?: T): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      if (missing !== undefined && isMissing(error)) return missing
      throw unread(error, what, account.sid)
    }
  }

  async function trunkOf(trunk: SdkTrunk): Promise<ElasticTrunk> {
    const urls = await listed(`origination URLs of trunk ${trunk.sid}`, () =>
      client.trunking.v1.trunks(trunk.sid).originationUrls.page(PAGE),
    )
    return {
      sid: trunk.sid,
      friendlyName: trunk.friendlyName ?? '',
      secure: trunk.secure === true,
      recording: trunk.recording ?? {},
      disasterRecoveryUrl: trunk.disasterRecoveryUrl ?? '',
      disasterRecoveryMethod: trunk.disasterRecoveryMethod ?? '',
      originationUrls: urls.map(({ friendlyName, sipUrl, priority, weight, enabled }) => ({
        name: friendlyName ?? '',
        sipUrl,
        priority,
        weight,
        enabled,
      })),
    }
  }

  async function flowOf(sid: string): Promise<StudioFlow> {
    const flow = await reading(`Studio flow ${sid}`, () =>
      askRepeatedly(() => client.studio.v2.flows(sid).fetch(), account.name, api, world),
    )
    const states: readonly FlowState[] = flow.definition?.states ?? []
    const widgets = states.map(({ name, type, properties }) => ({
      name,
      type,
      noun: properties?.noun ?? '',
    }))
    return { sid, name: flow.friendlyName, widgets }
  }

  /** A number that `routes` does not know, or a token that may not ask it, says nothing about the region. */
  async function regionOf(number: string): Promise<string | undefined> {
    try {
      const ask = () => client.routes.v2.phoneNumbers(number).fetch()
      return (await askRepeatedly(ask, account.name, api, world)).voiceRegion
    } catch (error) {
      const { refusal } = error as TwilioFailure
      if (error instanceof NoCredentials || (refusal && REFUSALS.includes(refusal.status))) return undefined
      throw unread(error, `the region of ${number}`, account.sid)
    }
  }

  async function binsOf(found: Omit<ReadAccount, 'bins'>): Promise<ReadonlyMap<string, string | undefined>> {
    const { numbers, applications, domains, byocTrunks, trunks } = found
    const urls = [...numbers, ...applications, ...domains, ...byocTrunks].map(({ voiceUrl }) =>
      voiceUrl.trim(),
    )
    const bins = new Set([...urls, ...trunks.map((trunk) => trunk.disasterRecoveryUrl)].filter(isBin))
    const read = async (url: string) =>
      [url, await reading(`TwiML Bin ${url}`, () => readBin(url, account, settings, world))] as const
    return new Map(await eachOf([...bins], read))
  }
}

/** `routes` does not have the number, or not for these credentials. */
const REFUSALS = [400, 403, 404]

type SdkTrunk = Awaited<ReturnType<Twilio['trunking']['v1']['trunks']['create']>>

interface FlowState {
  readonly name: string
  readonly type: string
  readonly properties?: { readonly noun?: string }
}

function unread(error: unknown, what: string, sid: string): AccountUnread {
  if (error instanceof NoCredentials)
    return new AccountUnread(
      `Twilio refuses the credentials of account ${sid} for its ${what} (error 20003); check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. Each Twilio region has tokens of its own: for another than us1 add --region, such as --region ie1`,
    )
  const { message, refusal } = error as TwilioFailure
  const code = refusal?.code === undefined ? '' : ` (error ${refusal.code})`
  return new AccountUnread(
    `${message}${code}, while reading ${what} of account ${sid}; nothing is written, so run it again`,
  )
}

/** Works on some at a time, and gives the results in order. After an error no more is begun. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  } finally {
    next = items.length
  }
  return results
}
