import type { Config } from '../model/config.js'
import type { NumberSettings } from '../rest/account-number.js'

/** How every number that a route claims should be set up at Twilio. What the config does not say is not compared. */
export function desiredSettings({ publicUrl, twilio }: Pick<Config, 'publicUrl' | 'twilio'>): NumberSettings {
  const { retries, voiceFallbackUrl } = twilio
  return {
    voiceUrl: `${publicUrl.href}/voice${retries && `#${retries}`}`,
    voiceMethod: 'POST',
    ...(voiceFallbackUrl !== undefined && { voiceFallbackUrl, voiceFallbackMethod: 'POST' }),
    statusCallback: `${publicUrl.href}/status`,
    statusCallbackMethod: 'POST',
  }
}
