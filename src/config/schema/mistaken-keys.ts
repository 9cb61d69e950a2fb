// What people write who come from TwiML, a PBX or another config language.

/** Words for a key, in lower case. Of several keys the first that is known at the place is meant. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  to: 'number numbers phone phones phonenumber phonenumbers did dids dnis called pattern prefix extension match matches',
  number: 'numbers phone phonenumber pstn tel to',
  from: 'caller callers ani clid source',
  if: 'when unless where match matches condition conditions',
  schedule: 'time hours businesshours openinghours during',
  schedules: 'calendars hours businesshours openinghours',
  timezone: 'tz zone',
  open: 'hours times openinghours businesshours opening',
  closed: 'holidays holiday exceptions',
  dial: 'target targets destination destinations forward forwardto transfer bridge call hops sip siphost',
  uri: 'url host hostname server address ip domain contact gateway target destination sip',
  ring: 'simultaneous parallel simring hunt',
  endpoints: 'gateways trunks peers carriers targets destinations servers backends upstreams',
  username: 'user login',
  password: 'pass secret',
  maxCalls: 'channels capacity concurrency maxchannels limit',
  timeout: 'ringtimeout ringtime',
  callerId: 'cli clip',
  otherwise: 'fallback failover backup onfailure onnoanswer onbusy noanswer finally',
  record: 'voicemail mailbox',
  say: 'message speak tts greeting announcement text',
  play: 'audio music mp3 file',
  reject: 'block deny decline',
  hangup: 'end disconnect drop',
  pause: 'wait sleep delay',
  action: 'do then',
  publicUrl: 'url baseurl webhookurl webhook voiceurl host domain',
  listen: 'port bind address',
  accounts: 'authtoken authtokens accountsid token',
  routes: 'numbers phonenumbers dids dialplan routing',
  authTokens: 'token secret',
}

/** The key that is meant by a word of another language; undefined where none is known that it could be. */
export function keyMeantBy(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  return Object.keys(OTHER_WORDS).find(
    (key) => known.includes(key) && OTHER_WORDS[key]!.split(' ').includes(lower),
  )
}

/** What is written in place of something that is no key of this language. */
interface Advice {
  /** Follows `there is no key "weight" here`. */
  readonly hint: string
  readonly help: string
}

/** TwiML that dialsip does not write. */
const TWIML = [
  ...[
    'Client',
    'Conference',
    'Connect',
    'ConversationRelay',
    'Echo',
    'Enqueue',
    'Gather',
    'Leave',
    'Pay',
    'Prompt',
  ],
  ...['Queue', 'Siprec', 'Sms', 'Start', 'Stop', 'Stream', 'Transcription', 'VirtualAgent'],
]

const IN_THE_URI: Advice = {
  hint: 'it is part of the URI',
  help: 'write it in uri: sip:user@host:5061;transport=tls',
}

const NO_ELSE: Advice = {
  hint: 'of several rules the first that fits wins',
  help: 'write one more rule without if: it fits every other call',
}

const NO_WEIGHT: Advice = {
  hint: 'calls are shared out by a split',
  help: 'write dial: [{ split: { a: 80, b: 20 } }]',
}

const NO_PRIORITY: Advice = {
  hint: 'what is first is tried first',
  help: 'put the entries of dial, or the rules, in the order in which they count',
}

const NO_TRUNK: Advice = {
  hint: 'Twilio dials no trunk from TwiML, only a SIP URI',
  help: 'write the URI behind the trunk as an endpoint: { uri: "sip:{{To}}@pbx.example.com" }',
}

const NO_STRATEGY: Advice = {
  hint: 'the entries of dial say how it rings',
  help: 'write [a, b] for one after the other, { ring: [a, b] } for both at once, { split: { a: 1, b: 1 } } by weight',
}

const NO_LIST: Advice = {
  hint: 'dial is the list itself',
  help: 'write dial: [a, b], or { ring: [a, b] } for both at once',
}

const NO_RETRY: Advice = {
  hint: 'each entry of dial is tried once',
  help: 'write the next place to try into dial',
}

const ADVICE: ReadonlyMap<string, Advice> = new Map([
  ...TWIML.map((element) => [element.toLowerCase(), byRedirect(element)] as const),
  ...advise(NO_ELSE, 'else', 'elseif', 'elif', 'unmatched'),
  ...advise(NO_WEIGHT, 'weight', 'weights', 'percent', 'percentage', 'ratio'),
  ...advise(NO_PRIORITY, 'priority', 'order', 'preference', 'rank', 'position'),
  ...advise(NO_TRUNK, 'trunk', 'trunksid', 'carrier'),
  ...advise(NO_STRATEGY, 'strategy', 'algorithm', 'mode', 'loadbalancing'),
  ...advise(NO_LIST, 'targets', 'destinations', 'members', 'hops'),
  ...advise(NO_RETRY, 'retry', 'retries', 'attempts', 'maxattempts'),
  ...advise(IN_THE_URI, 'transport', 'port', 'protocol', 'secure', 'tls'),
])

function advise(advice: Advice, ...words: string[]): (readonly [string, Advice])[] {
  return words.map((word) => [word, advice])
}

function byRedirect(element: string): Advice {
  return {
    hint: `dialsip writes no <${element}>`,
    help: `write redirect: with the URL of a TwiML document of yours that has <${element}>`,
  }
}

/** What to write in place of a word that is no key; `client:` and `Client` are the same. */
export function adviceFor(word: string): Advice | undefined {
  return ADVICE.get(word.toLowerCase().replace(/:.*$/s, ''))
}
