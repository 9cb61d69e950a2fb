import type { Twilio } from 'twilio'

/** An incoming number of an account, as far as it matters to a webhook. Missing texts are empty. */
export interface AccountNumber {
  readonly sid: string
  readonly phoneNumber: string
  readonly friendlyName: string
  readonly voiceUrl: string
  readonly voiceMethod: string
  readonly voiceFallbackUrl: string
  readonly voiceFallbackMethod: string
  readonly statusCallback: string
  readonly statusCallbackMethod: string
  readonly trunkSid: string
  readonly voiceApplicationSid: string
}

/** The settings of a number that dialsip writes, by Twilio's names. */
export type NumberSettings = Partial<
  Pick<
    AccountNumber,
    | 'voiceUrl'
    | 'voiceMethod'
    | 'voiceFallbackUrl'
    | 'voiceFallbackMethod'
    | 'statusCallback'
    | 'statusCallbackMethod'
  >
>

type SdkNumber = Awaited<ReturnType<Twilio['incomingPhoneNumbers']['create']>>

export function accountNumber(number: SdkNumber): AccountNumber {
  return {
    sid: number.sid,
    phoneNumber: number.phoneNumber,
    friendlyName: number.friendlyName ?? '',
    voiceUrl: number.voiceUrl ?? '',
    voiceMethod: number.voiceMethod ?? '',
    voiceFallbackUrl: number.voiceFallbackUrl ?? '',
    voiceFallbackMethod: number.voiceFallbackMethod ?? '',
    statusCallback: number.statusCallback ?? '',
    statusCallbackMethod: number.statusCallbackMethod ?? '',
    trunkSid: number.trunkSid ?? '',
    voiceApplicationSid: number.voiceApplicationSid ?? '',
  }
}
