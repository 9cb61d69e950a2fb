/**
 * The decoded parameters of a webhook: one text, or a list of texts where a name was sent more than once.
 * Made without a prototype, since a caller may send a parameter of any name.
 */
export type WebhookParameters = Readonly<Record<string, string | string[]>>

/** The same while they are read. */
type GrowingParameters = Record<string, string | string[]>

const Bare = function Bare() {} as unknown as new () => GrowingParameters
Bare.prototype = Object.create(null)

/**
 * No parameters yet. Nothing but what is put in is in there, whatever it is called; what `Object.create(null)` gives
 * is like that as well, but takes V8 twice as long to fill and to print.
 */
export function noParameters(): GrowingParameters {
  return new Bare()
}

/** With every voice request. From Twilio's page "TwiML for Programmable Voice: Twilio's request". */
const EVERY_REQUEST = [
  ...['AccountSid', 'ApiVersion', 'CallSid', 'CallStatus', 'Direction', 'From', 'To', 'Caller', 'Called'],
  ...['ApplicationSid', 'CallerName', 'CallToken', 'ForwardedFrom', 'ParentCallSid'],
  ...['StirPassportToken', 'StirVerstat', 'AddOns'],
]

/** Where a number is at home, after From, To and their older names. */
const PLACES = ['From', 'To', 'Caller', 'Called'].flatMap((party) =>
  ['City', 'State', 'Zip', 'Country'].map((place) => party + place),
)

/** With a call to a SIP domain. From "TwiML for Programmable Voice SIP". */
const SIP_DOMAIN = ['SipCallId', 'SipDomain', 'SipDomainSid', 'SipSourceIp', 'SipUsername']

/** With `<Dial action>`, `<Dial referUrl>` and `<Refer action>`. */
const DIAL = [
  ...['DialBridged', 'DialCallDuration', 'DialCallSid', 'DialCallStatus', 'DialSipCallId'],
  ...['DialSipResponseCode', 'NotifySipResponseCode', 'ReferCallStatus', 'ReferSipResponseCode'],
  'ReferTransferTarget',
]

/** With `statusCallback`, and with `amdStatusCallback`. */
const PROGRESS = [
  ...['CallbackSource', 'CallDuration', 'Duration', 'SequenceNumber', 'SipResponseCode', 'StirStatus'],
  ...['Timestamp', 'AnsweredBy', 'MachineDetectionDuration'],
]

/** With `<Record action>`, `recordingStatusCallback` and `transcribeCallback`. */
const RECORDING = [
  ...['RecordingChannels', 'RecordingDuration', 'RecordingSid', 'RecordingSource', 'RecordingStartTime'],
  ...['RecordingStatus', 'RecordingTrack', 'RecordingUrl'],
  ...[
    'TranscriptionSid',
    'TranscriptionStatus',
    'TranscriptionText',
    'TranscriptionType',
    'TranscriptionUrl',
  ],
]

/** With `<Gather action>`. */
const INPUT = ['Confidence', 'Digits', 'FinishedOnKey', 'SpeechResult']

/** With the fallback URL. From "Availability and Reliability". */
const FALLBACK = ['ErrorCode', 'ErrorUrl']

/** Every webhook parameter that Twilio documents for voice, or was seen to send. Twilio adds to them unannounced. */
export const VOICE_PARAMETERS: readonly string[] = [
  ...EVERY_REQUEST,
  ...PLACES,
  ...SIP_DOMAIN,
  ...DIAL,
  ...PROGRESS,
  ...RECORDING,
  ...INPUT,
  ...FALLBACK,
]

const KNOWN = new Set(VOICE_PARAMETERS)

/** A SIP header that came in with the INVITE, or with the callee's last response. Its name is a token, RFC 3261 §25.1. */
const SIP_HEADER = /^(?:Dial)?SipHeader_[A-Za-z0-9.!%*_+`'~-]+$/

/** Whether Twilio may send a parameter of this name; the letter case counts. */
export function isVoiceParameter(name: string): boolean {
  return KNOWN.has(name) || SIP_HEADER.test(name)
}
