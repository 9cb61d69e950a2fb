import type { Twilio } from 'twilio'

/** What at Twilio leads calls to a webhook; of an Elastic trunk it is its disaster recovery. */
export type ResourceKind = 'number' | 'SIP domain' | 'application' | 'BYOC trunk' | 'trunk'

/** Where Twilio sends calls, by the names that a number has for it. Missing texts are empty. */
export interface VoiceSettings {
  readonly voiceUrl: string
  readonly voiceMethod: string
  readonly voiceFallbackUrl: string
  readonly voiceFallbackMethod: string
  readonly statusCallback: string
  readonly statusCallbackMethod: string
}

/** One of an account's, as far as it matters to a webhook. */
export interface VoiceResource extends VoiceSettings {
  readonly kind: ResourceKind
  readonly sid: string
  /** The phone number or the SIP domain; others are known by their SID. */
  readonly name: string
  readonly friendlyName: string
}

/** An incoming number. */
export interface AccountNumber extends VoiceResource {
  readonly trunkSid: string
  readonly voiceApplicationSid: string
}

type Names = Readonly<Partial<VoiceSettings>>

const NUMBER_NAMES = {
  voiceUrl: 'voiceUrl',
  voiceMethod: 'voiceMethod',
  voiceFallbackUrl: 'voiceFallbackUrl',
  voiceFallbackMethod: 'voiceFallbackMethod',
  statusCallback: 'statusCallback',
  statusCallbackMethod: 'statusCallbackMethod',
} as const satisfies Names

/** What each kind calls its settings; those that it does not have are not there. */
export const SETTING_NAMES: Readonly<Record<ResourceKind, Names>> = {
  number: NUMBER_NAMES,
  'SIP domain': {
    ...NUMBER_NAMES,
    statusCallback: 'voiceStatusCallbackUrl',
    statusCallbackMethod: 'voiceStatusCallbackMethod',
  },
  application: NUMBER_NAMES,
  'BYOC trunk': { ...NUMBER_NAMES, statusCallback: 'statusCallbackUrl' },
  trunk: { voiceUrl: 'disasterRecoveryUrl', voiceMethod: 'disasterRecoveryMethod' },
}

/** A resource as the SDK has it, in our words. */
export function voiceResource(kind: ResourceKind, given: object): VoiceResource {
  const own = given as Readonly<Record<string, string | null | undefined>>
  const names = SETTING_NAMES[kind]
  const value = (setting: keyof VoiceSettings) => own[names[setting] ?? ''] ?? ''
  return {
    kind,
    sid: own.sid!,
    name: own.phoneNumber ?? own.domainName ?? own.sid!,
    friendlyName: own.friendlyName ?? '',
    voiceUrl: value('voiceUrl'),
    voiceMethod: value('voiceMethod'),
    voiceFallbackUrl: value('voiceFallbackUrl'),
    voiceFallbackMethod: value('voiceFallbackMethod'),
    statusCallback: value('statusCallback'),
    statusCallbackMethod: value('statusCallbackMethod'),
  }
}

type SdkNumber = Awaited<ReturnType<Twilio['incomingPhoneNumbers']['create']>>

/** An incoming number as the SDK has it, in our words. */
export function accountNumber(number: SdkNumber): AccountNumber {
  const { trunkSid, voiceApplicationSid } = number
  return {
    ...voiceResource('number', number),
    trunkSid: trunkSid ?? '',
    voiceApplicationSid: voiceApplicationSid ?? '',
  }
}

/** The same settings under the names of their kind, for an update. */
export function namedSettings(kind: ResourceKind, settings: Partial<VoiceSettings>): Record<string, string> {
  const names = SETTING_NAMES[kind]
  return Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [names[setting as keyof VoiceSettings]!, value]),
  )
}

/** The SDK's lists by kind. */
export function voiceLists(client: Twilio, accountSid: string) {
  const { incomingPhoneNumbers, applications, sip } = client.api.v2010.accounts(accountSid)
  return {
    number: incomingPhoneNumbers,
    'SIP domain': sip.domains,
    application: applications,
    'BYOC trunk': client.voice.v1.byocTrunks,
    trunk: client.trunking.v1.trunks,
  } satisfies Record<ResourceKind, unknown>
}

/** The largest page that Twilio gives. */
const PAGE_SIZE = 1000

/** What a first page is asked for with. */
export const PAGE = { pageSize: PAGE_SIZE }

/** A page of a list, as the SDK has it. */
export interface SdkPage<T> {
  readonly instances: T[]
  readonly nextPageUrl?: string
  nextPage(): Promise<SdkPage<T>> | undefined
}

/** How a request is made; see `askRepeatedly`. */
export type SdkAsk = <T>(ask: () => Promise<T>) => Promise<T>

/** A whole list. */
export async function allPages<T>(first: () => Promise<SdkPage<T>>, ask: SdkAsk): Promise<T[]> {
  const found: T[] = []
  let page: SdkPage<T> | undefined = await ask(first)
  while (page) {
    found.push(...page.instances)
    const current: SdkPage<T> = page
    page = current.nextPageUrl ? await ask(() => current.nextPage()!) : undefined
  }
  return found
}
