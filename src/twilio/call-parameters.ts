import {
  type Attribute,
  bool,
  CALL_EVENTS,
  int,
  method,
  oneOf,
  RECORDING_EVENTS,
  SIP_ATTRIBUTES,
  TRIM,
  text,
  tones,
  url,
} from './attributes.js'

function list(name: string, values: readonly string[], says: string): Attribute {
  return { name, kind: 'list', values, says }
}

/** Detection of answering machines is the same for a call and for a `<Sip>`. */
const DETECTION = SIP_ATTRIBUTES.filter(({ name }) => name.startsWith('machineDetection'))

/**
 * The parameters of "Create a Call" that pass through as they are, by Twilio's names with a small first letter, as
 * its SDK has them. Not here: To, From, and Url, Twiml and ApplicationSid, which have rules of their own. From
 * Twilio's OpenAPI description, `CreateCall`; their limits from there and from the page "Making SIP calls".
 */
export const CALL_PARAMETERS: readonly Attribute[] = [
  text('sipAuthUsername', 'The user name for digest authentication.', { max: 255 }),
  text('sipAuthPassword', 'The password for digest authentication.', { max: 255, secret: true }),
  method('method', 'url'),
  url('fallbackUrl', 'The TwiML to fetch when url fails.'),
  method('fallbackMethod', 'fallbackUrl'),
  url('statusCallback', 'The URL that gets the progress of the call; default: /status of dialsip.'),
  list('statusCallbackEvent', CALL_EVENTS, 'The steps of progress to report; default: all.'),
  method('statusCallbackMethod', 'statusCallback'),
  tones('sendDigits', 'The DTMF tones to send after the answer', { max: 32 }),
  int('timeout', { min: 1, max: 600, default: 60 }, 'Seconds to wait for an answer.'),
  int('timeLimit', { min: 1, max: 86_400 }, 'Seconds after which the call is cut off.'),
  bool('record', false, 'Whether to record the call.'),
  oneOf('recordingChannels', ['mono', 'dual'], 'Both legs in one channel, or each in its own.', 'mono'),
  oneOf('recordingTrack', ['inbound', 'outbound', 'both'], 'Whose audio is recorded.', 'both'),
  url('recordingStatusCallback', 'The URL that is called when a recording is ready.'),
  method('recordingStatusCallbackMethod', 'recordingStatusCallback'),
  list('recordingStatusCallbackEvent', RECORDING_EVENTS, 'The recording events to report.'),
  text('recordingConfigurationId', 'The recording configuration to apply.'),
  oneOf('trim', TRIM, 'Whether silence at both ends of the recording is cut off.', 'trim-silence'),
  ...DETECTION,
  bool('asyncAmd', false, 'Whether to detect an answering machine in the background.'),
  url('asyncAmdStatusCallback', 'The URL that gets what was detected.'),
  method('asyncAmdStatusCallbackMethod', 'asyncAmdStatusCallback'),
  text('callerId', 'The number, SIP address or client that the call is made for.'),
  text('callReason', 'The reason for the call, shown with branded calls (beta).', { max: 50 }),
  text('callToken', 'The CallToken of the call that is passed on with its caller id.'),
  text('byoc', 'The SID of the BYOC trunk to call through; for phone numbers.'),
  text('passports', 'Identity passports (STIR/SHAKEN), in base64 with commas between.'),
  url('clientNotificationUrl', 'The URL that delivers push notifications.'),
]
