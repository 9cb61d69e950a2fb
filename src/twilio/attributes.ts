/** A unit in which Twilio counts time. */
export type TimeUnit = 'seconds' | 'milliseconds'

/** One attribute of a TwiML element, by Twilio's own name. */
export interface Attribute {
  readonly name: string
  readonly kind: 'int' | 'bool' | 'enum' | 'list' | 'url' | 'text' | 'callerId'
  /** The limits of an `int`; of a `text`, those of its length in characters. */
  readonly min?: number
  readonly max?: number
  /** What an `int` counts, where that is time. */
  readonly unit?: TimeUnit
  /** What a `text` must look like, and how that is said to people. */
  readonly pattern?: { readonly form: RegExp; readonly expected: string }
  /** What an `enum` may be, or each member of a `list`; TwiML writes a list with spaces between. */
  readonly values?: readonly string[]
  /** What Twilio takes where the attribute is left out. */
  readonly default?: string | number | boolean
  /** One line for the manual. */
  readonly says: string
  /** Never to be shown. */
  readonly secret?: true
}

export const RECORDING_EVENTS = ['in-progress', 'completed', 'absent']
export const CALL_EVENTS = ['initiated', 'ringing', 'answered', 'completed']
export const TRIM = ['trim-silence', 'do-not-trim']

/** How `<Dial>` may record. */
export const DIAL_RECORD = [
  'do-not-record',
  'record-from-answer',
  'record-from-ringing',
  'record-from-answer-dual',
  'record-from-ringing-dual',
  'true', // an older word for record-from-answer
  'false', // an older word for do-not-record
]

/** The languages of `<Say>`, from the `twilio` package's `SayLanguage`. */
export const SAY_LANGUAGES: readonly string[] = [
  ...'af-ZA am-ET ar-AE ar-XA arb bg-BG bn-IN ca-ES cmn-CN cmn-TW cs-CZ cy-GB da-DK de-AT'.split(' '),
  ...'de-DE el-GR en-AU en-CA en-GB en-GB-WLS en-IE en-IN en-NZ en-US en-ZA es-ES es-MX es-US'.split(' '),
  ...'fi-FI fil-PH fr-BE fr-CA fr-FR gu-IN he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP kn-IN'.split(' '),
  ...'ko-KR lv-LV ml-IN mr-IN ms-MY nb-NO nl-BE nl-NL pa-IN pl-PL pt-BR pt-PT ro-RO ru-RU'.split(' '),
  ...'sk-SK sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN yue-HK zh-CN zh-HK zh-TW'.split(' '),
]

/** The countries of `<Dial ringTone>`, from its page and the `twilio` package's `DialRingTone`. */
export const RING_TONES: readonly string[] = [
  ...'at au be bg br ch cl cn cz de dk ee es fi fr gr hu il in it jp lt mx my nl no nz'.split(' '),
  ...'ph pl pt ru se sg th tw uk us us-old ve za'.split(' '),
]

/** Twilio: "0123456789ABCD*#wW" (errors 13222, 13430 and 21206). */
const TONES = {
  form: /^[0-9A-D*#wW]+$/,
  expected: 'digits, A to D, * and #, with w for half a second of silence and W for a second',
}

/** What `<Dial>` and `<Record>` share. */
const RECORDING: readonly Attribute[] = [
  url('recordingStatusCallback', 'The URL that is called when a recording is ready.'),
  method('recordingStatusCallbackMethod', 'recordingStatusCallback'),
  events('recordingStatusCallbackEvent', RECORDING_EVENTS, 'The recording events to report.'),
  text('recordingConfigurationId', 'The recording configuration to apply.'),
]

/** `<Dial>`. Its `action` and `method` are not here: the plan of the call travels in them. */
export const DIAL_ATTRIBUTES: readonly Attribute[] = [
  seconds('timeout', { min: 5, max: 600, default: 30 }, 'Seconds to wait for an answer; Twilio adds 5.'),
  seconds('timeLimit', { min: 1, max: 86_400, default: 14_400 }, 'Seconds after which the call is cut off.'),
  {
    name: 'callerId',
    kind: 'callerId',
    says: 'The caller id that the callee sees; else that of the caller.',
  },
  bool('answerOnBridge', false, 'Keeps the caller ringing until the callee has answered.'),
  bool('hangupOnStar', false, 'Lets the caller end the dial with the * key.'),
  oneOf('record', DIAL_RECORD, 'Whether, from when and in how many channels to record.', 'do-not-record'),
  oneOf('recordingTrack', ['inbound', 'outbound', 'both'], 'Whose audio is recorded.', 'both'),
  oneOf('trim', TRIM, 'Whether silence at both ends of the recording is cut off.', 'do-not-trim'),
  ...RECORDING,
  oneOf('ringTone', RING_TONES, 'The country whose ringback tone the caller hears.'),
  bool('sequential', false, 'Rings the endpoints of one dial one after the other, not at once.'),
  url('referUrl', 'The URL that answers a SIP REFER of the callee.'),
  method('referMethod', 'referUrl'),
  text('callReason', 'The reason for the call, shown with branded calls (private beta).', { max: 50 }),
  oneOf('events', ['call-progress-event'], 'The events to subscribe to.'),
  text('passports', 'Identity passports (shaken, div), in base64 with commas between.'),
]

/** What `<Sip>` and `<Number>` share: both ring one callee. */
const CALLEE: readonly Attribute[] = [
  url('url', 'The TwiML that the callee hears before the call is put through.'),
  method('method', 'url'),
  url('statusCallback', 'The URL that gets the progress of this leg; its host may not hold `_`.'),
  events('statusCallbackEvent', CALL_EVENTS, 'The steps of progress to report.'),
  method('statusCallbackMethod', 'statusCallback'),
  oneOf('machineDetection', ['Enable', 'DetectMessageEnd'], 'Whether to detect an answering machine.'),
  seconds(
    'machineDetectionTimeout',
    { min: 3, max: 60, default: 30 },
    'Seconds that the detection may take.',
  ),
  milliseconds(
    'machineDetectionSpeechThreshold',
    { min: 1000, max: 6000, default: 2400 },
    'Milliseconds of speech that make a machine.',
  ),
  milliseconds(
    'machineDetectionSpeechEndThreshold',
    { min: 500, max: 5000, default: 1200 },
    'Milliseconds of silence that end a speech.',
  ),
  milliseconds(
    'machineDetectionSilenceTimeout',
    { min: 2000, max: 10_000, default: 5000 },
    'Milliseconds of silence at the start after which the answer is unknown.',
  ),
  url('amdStatusCallback', 'The URL that gets what was detected.'),
  method('amdStatusCallbackMethod', 'amdStatusCallback'),
]

/** `<Sip>`. */
export const SIP_ATTRIBUTES: readonly Attribute[] = [
  text('username', 'The user name for digest authentication.', { max: 255 }),
  text('password', 'The password for digest authentication.', { max: 255, secret: true }),
  ...CALLEE,
]

/** `<Number>`. */
export const NUMBER_ATTRIBUTES: readonly Attribute[] = [
  tones('sendDigits', 'The DTMF tones to send after the answer'),
  text('byoc', 'The SID of the BYOC trunk to call through.'),
  ...CALLEE,
]

/** `<Say>`. Voices are left open: there are hundreds, and new ones appear between releases of the SDK. */
export const SAY_ATTRIBUTES: readonly Attribute[] = [
  text('voice', 'The voice, such as `Polly.Joanna` or `Google.de-DE-Standard-A`.'),
  oneOf('language', SAY_LANGUAGES, 'The language of the text.'),
  int('loop', { min: 0, default: 1 }, 'How often to say it; 0 repeats until the call ends.'),
]

/** `<Play>`. */
export const PLAY_ATTRIBUTES: readonly Attribute[] = [
  int('loop', { min: 0, default: 1 }, 'How often to play it; 0 repeats until the call ends.'),
  tones('digits', 'The DTMF tones to play'),
]

/** `<Record>`. Its `action` and `method` are not here: the rest of the actions travels in them. */
export const RECORD_ATTRIBUTES: readonly Attribute[] = [
  seconds('maxLength', { min: 2, max: 86_400, default: 3600 }, 'Seconds after which the recording ends.'),
  seconds('timeout', { min: 0, default: 5 }, 'Seconds of silence that end the recording; 0 for never.'),
  text('finishOnKey', 'The keys that end the recording.', { default: '1234567890*#' }),
  bool('playBeep', true, 'Whether a beep is heard before the recording.'),
  oneOf('trim', TRIM, 'Whether silence at both ends of the recording is cut off.', 'trim-silence'),
  ...RECORDING,
  bool('transcribe', false, 'Whether to write down what was said; then the default of `maxLength` is 120.'),
  url('transcribeCallback', 'The URL that is called when the transcription is ready.'),
]

/** `<Reject>`. */
export const REJECT_ATTRIBUTES: readonly Attribute[] = [
  oneOf('reason', ['rejected', 'busy'], 'What the caller hears: out of service, or busy.', 'rejected'),
]

/** `<Redirect>`. */
export const REDIRECT_ATTRIBUTES: readonly Attribute[] = [method('method', 'the URL redirected to')]

/** The attributes of a table that are set in one map. */
export function attributesOf(
  source: Readonly<Record<string, unknown>>,
  table: readonly Attribute[],
): Readonly<Record<string, string>> {
  return attributesBy((name) => source[name], table)
}

/** The attributes of a table that are set, as the text that goes into the TwiML. */
export function attributesBy(
  setting: (name: string) => unknown,
  table: readonly Attribute[],
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {}
  for (const { name } of table) {
    const value = setting(name)
    if (value !== undefined) attributes[name] = Array.isArray(value) ? value.join(' ') : String(value)
  }
  return attributes
}

type AttributeLimits = Pick<Attribute, 'min' | 'max' | 'default'>

/** A whole number. */
export function int(name: string, limits: AttributeLimits, says: string): Attribute {
  return { name, kind: 'int', ...limits, says }
}

function seconds(name: string, limits: AttributeLimits, says: string): Attribute {
  return { ...int(name, limits, says), unit: 'seconds' }
}

function milliseconds(name: string, limits: AttributeLimits, says: string): Attribute {
  return { ...int(name, limits, says), unit: 'milliseconds' }
}

/** `true` or `false`. */
export function bool(name: string, byDefault: boolean, says: string): Attribute {
  return { name, kind: 'bool', default: byDefault, says }
}

/** One of some words. */
export function oneOf(name: string, values: readonly string[], says: string, byDefault?: string): Attribute {
  return { name, kind: 'enum', values, says, ...(byDefault !== undefined && { default: byDefault }) }
}

/** A list of events for Twilio to report; without it, only `completed`. */
export function events(name: string, values: readonly string[], says: string): Attribute {
  return { name, kind: 'list', values, default: 'completed', says }
}

/** An http(s) URL. */
export function url(name: string, says: string): Attribute {
  return { name, kind: 'url', says }
}

/** The HTTP method with which Twilio requests the URL of another attribute. */
export function method(name: string, of: string): Attribute {
  return oneOf(name, ['GET', 'POST'], `The HTTP method for ${of}.`, 'POST')
}

/** A text; `more` may limit its length or its form. */
export function text(name: string, says: string, more: Partial<Attribute> = {}): Attribute {
  return { name, kind: 'text', says, ...more }
}

/** DTMF tones. */
export function tones(name: string, when: string, more: Partial<Attribute> = {}): Attribute {
  return text(name, `${when}; \`w\` waits half a second, \`W\` a second.`, { pattern: TONES, ...more })
}
