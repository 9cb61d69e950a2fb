import type { MockAccount } from './import-account.js'

export const SID = `AC${'a'.repeat(32)}`
export const TOKEN = 'token-of-the-account'
export const SECRETS = { TWILIO_ACCOUNT_SID: SID, TWILIO_AUTH_TOKEN: TOKEN }

export function sidOf(prefix: string, at: number): string {
  return prefix + String(at).padStart(32, '0')
}

export function binUrl(at: number): string {
  return `https://handler.twilio.com/twiml/${sidOf('EH', at)}`
}

export function flowUrl(at: number): string {
  return `https://webhooks.twilio.com/v1/Accounts/${SID}/Flows/${sidOf('FW', at)}`
}

export function numberAt(at: number): string {
  return `+1555${String(1_000_000 + at)}`
}

export function numberWith(at: number, more: object = {}) {
  return {
    sid: sidOf('PN', at),
    phone_number: numberAt(at),
    friendly_name: `desk ${at}`,
    voice_url: '',
    voice_method: 'POST',
    ...more,
  }
}

/** Bins as people write them, with what a call to them gives; undefined: it is handed on to the bin. */
export const BINS: readonly (readonly [twiml: string, answer: string | undefined])[] = [
  ['<Dial><Sip>sip:jack@example.com</Sip></Dial>', 'Dial(Sip:sip:jack@example.com)'],
  [
    '<Dial timeout="20" callerId="{{From}}"><Sip username="u" password="secret-1">sip:{{To}}@pbx.example.com;transport=tls?X-Tenant=acme</Sip></Dial>',
    'Dial timeout=20 callerId=FROM(Sip username=u password=secret-1:sip:TO@pbx.example.com;transport=tls?X-Tenant=acme)',
  ],
  ['<Dial><Number>+15559990001</Number></Dial>', 'Dial(Number:+15559990001)'],
  ['<Dial>555-999-0002</Dial>', undefined],
  [
    '<Dial answerOnBridge="true"><Sip>sip:a@one.example.com</Sip><Sip>sip:b@two.example.com;region=ie1</Sip></Dial><Say>Nobody is here.</Say>',
    'Dial answerOnBridge=true(Sip:sip:a@one.example.com Sip:sip:b@two.example.com;region=ie1)',
  ],
  [
    '<Say voice="Polly.Amy" language="en-GB">We are closed, ${NAME} &amp; all.</Say><Hangup/>',
    'Say voice=Polly.Amy language=en-GB:We are closed, ${NAME} & all. Hangup',
  ],
  ['<Play loop="2">https://cdn.example.com/a.mp3</Play>', 'Play loop=2:https://cdn.example.com/a.mp3'],
  ['<Play digits="ww1"/>', 'Play digits=ww1'],
  [
    '<Say>Leave a message.</Say><Record maxLength="60" playBeep="false"/>',
    'Say:Leave a message. Record maxLength=60 playBeep=false',
  ],
  ['<Reject reason="busy"/>', 'Reject reason=busy'],
  ['<Reject/>', 'Reject reason=rejected'],
  [
    '<Redirect method="GET">https://old.example.com/next</Redirect>',
    'Redirect method=GET:https://old.example.com/next',
  ],
  [
    '<Pause length="3"/><Play>hello.mp3</Play><Pause/><Hangup/><Say>never</Say>',
    'Pause length=3 Play:https://handler.twilio.com/twiml/hello.mp3 Pause length=1 Hangup',
  ],
  ['<Gather numDigits="1"><Say>Press 1.</Say></Gather>', undefined],
  ['<Dial action="https://old.example.com/after"><Sip>sip:x@example.com</Sip></Dial>', undefined],
  ['<Dial><Conference>room</Conference></Dial>', undefined],
  ['<Say shout="yes">Hello</Say>', undefined],
  ['<Dial timeout="2"><Sip>sip:jack@example.com</Sip></Dial>', undefined],
  ['<Say>not closed', undefined],
  ['<Say>a</Say><Say>b <break/></Say>', undefined],
]

export const FLOWS: readonly string[][] = [
  ['trigger', 'gather-input-on-call', 'split-based-on', 'connect-call-to:number'],
  ['trigger', 'say-play', 'send-to-flex'],
  ['trigger', 'run-function', 'connect-call-to:client'],
  ['trigger', 'connect-call-to:sip', 'record-voicemail'],
  ['trigger', 'set-variables', 'add-twiml-redirect'],
  ['trigger', 'make-http-request', 'enqueue-call'],
  ['trigger', 'run-subflow'],
  ['trigger', 'made-up-widget'],
  ['trigger', 'connect-call-to:conference'],
  [],
]

export const TRUNKS = [
  {
    sid: sidOf('TK', 1),
    friendly_name: 'Office Trunk',
    secure: true,
    recording: { mode: 'record-from-answer', trim: 'trim-silence' },
    disaster_recovery_url: binUrl(2),
    urls: [
      {
        friendly_name: 'Frankfurt 1',
        sip_url: 'sip:fra1.example.com;region=de1',
        priority: 10,
        weight: 80,
        enabled: true,
      },
      {
        friendly_name: 'Frankfurt 2',
        sip_url: 'sip:fra2.example.com;region=de1',
        priority: 10,
        weight: 20,
        enabled: true,
      },
      {
        friendly_name: '',
        sip_url: 'sip:dub.example.com?X-From=trunk',
        priority: 20,
        weight: 1,
        enabled: true,
      },
      { friendly_name: 'old', sip_url: 'sip:old.example.com', priority: 30, weight: 1, enabled: false },
    ],
  },
  {
    sid: sidOf('TK', 2),
    friendly_name: 'Idle',
    urls: [{ sip_url: 'sip:off.example.com', priority: 1, weight: 1, enabled: false }],
  },
  {
    sid: sidOf('TK', 3),
    friendly_name: '',
    disaster_recovery_url: 'https://dr.example.com/down?token=very-secret',
    disaster_recovery_method: 'GET',
    urls: [
      { friendly_name: 'pbx', sip_url: 'sip:100@pbx3.example.com', priority: 1, weight: 0, enabled: true },
    ],
  },
]

const APPS = [
  { voice_url: binUrl(0) },
  { voice_url: 'https://user:pass-word@app.example.com/voice', voice_method: 'GET' },
  { voice_url: flowUrl(1), status_callback: 'https://app.example.com/status' },
  { voice_url: '' },
  { voice_url: 'https://fn-1234.twil.io/hello' },
  { voice_url: 'http://twimlets.com/forward?PhoneNumber=555-123-4567' },
].map((app, at) => ({ sid: sidOf('AP', at), friendly_name: `App ${at}`, ...app }))

/** What a call gets today: what a bin or a trunk does, what a URL says, or nothing, since it leads nowhere. */
export type Today =
  | { readonly bin: number }
  | { readonly trunk: number }
  | { readonly url: string; readonly method?: string }
  | 'nothing'

interface Place {
  readonly number: object
  readonly today: Today
}

function at(url: string, today: Today = { url }, more: object = {}): Place {
  return { number: { voice_url: url, ...more }, today }
}

function ofApp(app: number, today: Today): Place {
  const voice_url = 'https://ignored.example.com/'
  return { number: { voice_application_sid: sidOf('AP', app), voice_url }, today }
}

function onTrunk(trunk: number, today: Today): Place {
  return { number: { trunk_sid: sidOf('TK', trunk), voice_url: 'https://ignored.example.com/' }, today }
}

const HOOKS = 'https://hooks.example.com'

/** What is at each place of the account, so that every kind comes often. */
export const PLACES: readonly Place[] = [
  ...BINS.map((_bin, bin) => at(binUrl(bin), { bin })),
  onTrunk(1, { trunk: 1 }),
  onTrunk(2, 'nothing'),
  onTrunk(3, { trunk: 3 }),
  ofApp(0, { bin: 0 }),
  ofApp(1, { url: 'https://user:pass-word@app.example.com/voice', method: 'GET' }),
  ofApp(2, { url: flowUrl(1) }),
  ofApp(3, 'nothing'),
  ofApp(4, { url: 'https://fn-1234.twil.io/hello' }),
  ...FLOWS.map((_flow, flow) => at(flowUrl(flow))),
  at(
    `${HOOKS}/voice`,
    { url: `${HOOKS}/voice`, method: 'GET' },
    {
      voice_method: 'GET',
      voice_fallback_url: `${HOOKS}/fallback`,
      status_callback: `${HOOKS}/status`,
    },
  ),
  at('', 'nothing'),
  at('https://demo.twilio.com/welcome/voice/'),
  at('http://twimlets.com/conference'),
  at('ftp://example.com/', 'nothing'),
  at('https://voice.example.com/voice#rc=2', 'nothing'),
  onTrunk(9, 'nothing'),
  ofApp(9, 'nothing'),
  at(flowUrl(99)),
  at(binUrl(77)),
  at('https://hooks_bad.example.com/${X}'),
]

/** What a call to the number gets. Calls to one of them are worked on in another region. */
export function todayAt(place: number): Today {
  return place === 999 ? 'nothing' : PLACES[place % PLACES.length]!.today
}

const DOMAINS = [
  { voice_url: binUrl(0) },
  { voice_url: binUrl(8) },
  {
    voice_url: 'https://hooks.example.com/sip',
    voice_status_callback_url: 'https://hooks.example.com/status',
  },
  { voice_url: '' },
].map((domain, at) => ({
  sid: sidOf('SD', at),
  domain_name: `office${at}.sip.twilio.com`,
  friendly_name: `office ${at}`,
  voice_method: 'POST',
  ...domain,
}))

export const ACCOUNT: MockAccount = {
  sid: SID,
  token: TOKEN,
  numbers: Array.from({ length: 1000 }, (_, at) => numberWith(at, PLACES[at % PLACES.length]!.number)),
  applications: APPS,
  domains: DOMAINS,
  trunks: TRUNKS,
  byoc: [
    {
      sid: sidOf('BY', 1),
      friendly_name: 'carrier',
      voice_url: binUrl(9),
      status_callback_url: 'https://hooks.example.com/byoc',
    },
  ],
  flows: FLOWS.map((types, at) => ({
    sid: sidOf('FW', at),
    friendly_name: `Flow ${at}`,
    definition: {
      states: types.map((type) => ({
        name: `the ${type}`,
        type: type.split(':')[0],
        properties: { noun: type.split(':')[1] },
      })),
    },
  })),
  bins: Object.fromEntries(BINS.map(([twiml], at) => [sidOf('EH', at), `<Response>${twiml}</Response>`])),
  postOnly: [sidOf('EH', 9)],
  regions: { [numberAt(999)]: 'ie1', [numberAt(0)]: 'us1' },
}
