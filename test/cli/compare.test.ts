import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import express, { type Request, type Response } from 'express'
import t, { type Test } from 'tap'
import twilio from 'twilio'
import { compareCall } from '../../bin/compare/compare-call.js'
import { OldWebhook } from '../../bin/compare/old-webhook.js'
import { ACCOUNT } from '../harness/build.js'
import { listening } from '../harness/listening.js'
import { run, runIn } from '../harness/run.js'

const TOKEN = 'token-of-the-account'
const ENV = { TOKEN, PASSWORD: 'not-to-be-seen' }

const HEAD = `
publicUrl: https://voice.example.com
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }]
`

const CONFIG = `${HEAD}
defaults: { timeout: 20, answerOnBridge: true }
endpoints:
  fra: { uri: "sip:{{To}}@fra.example.com;transport=tls", region: de1, username: u, password: "\${PASSWORD}", headers: { X-Tenant: acme, X-Caller: "{{From}}" } }
  dub: { uri: "sip:{{To}}@dub.example.com" }
routes:
  - { name: office, to: "+15551230001", dial: [fra, dub], failoverOn: [unreachable, serverError], otherwise: voicemail }
  - { name: sales, to: "+15551230002", dial: { number: "+15559990001" }, screen: { say: A call for sales }, otherwise: { say: Nobody is here. } }
  - { name: closed, to: "+15551230003", say: We are closed., }
  - { name: refused, to: "+15551230004", reject: busy }
  - { name: support, to: "+15551230005", dial: dub, timeout: 25, otherwise: { say: Please try again. } }
  - { name: late, to: "+15551230006", dial: dub, otherwise: voicemail }
actions:
  voicemail: [{ say: Leave a message. }, { record: { maxLength: 60 } }, { say: Thank you. }]
`

/** A webhook as people write it: Express, the middleware of Twilio's SDK, URLs without a host. */
function usualApp() {
  const app = express()
  app.use(express.urlencoded({ extended: false }))
  app.use(twilio.webhook(TOKEN))
  const send = (response: Response, twiml: InstanceType<typeof twilio.twiml.VoiceResponse>) =>
    response.type('text/xml').send(twiml.toString())
  const answers: Record<
    string,
    (request: Request, twiml: InstanceType<typeof twilio.twiml.VoiceResponse>) => void
  > = {
    '+15551230001': ({ body }, twiml) =>
      twiml.dial({ timeout: 20, answerOnBridge: true, action: '/dialed?hop=fra' }).sip(
        { username: 'u', password: 'not-to-be-seen' },
        // the same parameters and headers in another order
        `sip:${body.To}@FRA.example.com;region=de1;transport=tls?X-Caller=${encodeURIComponent(body.From)}&X-Tenant=acme`,
      ),
    '+15551230002': (_request, twiml) => {
      const dial = twiml.dial({ timeout: 20, answerOnBridge: true, action: '/after?say=Nobody+is+here.' })
      dial.number({ url: '/whisper' }, '+1 (555) 999-0001')
    },
    // planted: another text
    '+15551230003': (_request, twiml) => void twiml.say('We are closed today.'),
    '+15551230004': (_request, twiml) => void twiml.reject({ reason: 'busy' }),
    // planted: another timeout
    '+15551230005': (_request, twiml) =>
      twiml
        .dial({ timeout: 15, answerOnBridge: true, action: '/after?say=Please+try+again.' })
        .sip('sip:+15551230005@dub.example.com'),
    // planted: no voicemail after a busy callee
    '+15551230006': (_request, twiml) =>
      twiml
        .dial({ timeout: 20, answerOnBridge: true, action: '/late' })
        .sip('sip:+15551230006@dub.example.com'),
  }
  app.post('/voice', function voice(request, response) {
    const twiml = new twilio.twiml.VoiceResponse()
    answers[request.body.To]!(request, twiml)
    send(response, twiml)
  })
  app.post('/dialed', function dialed({ body, query }, response) {
    const twiml = new twilio.twiml.VoiceResponse()
    if (body.DialCallStatus === 'completed') twiml.hangup()
    else if (query.hop === 'fra' && Number(body.DialSipResponseCode) >= 500)
      twiml
        .dial({ timeout: 20, answerOnBridge: true, action: '/dialed?hop=dub' })
        .sip(`sip:${body.To}@dub.example.com`)
    else leaveMessage(twiml)
    send(response, twiml)
  })
  app.post('/late', function late({ body }, response) {
    const twiml = new twilio.twiml.VoiceResponse()
    if (body.DialCallStatus === 'busy') twiml.reject()
    else if (body.DialCallStatus !== 'completed') leaveMessage(twiml)
    send(response, twiml)
  })
  app.post('/after', function after({ body, query }, response) {
    const twiml = new twilio.twiml.VoiceResponse()
    if (body.DialCallStatus !== 'completed') twiml.say(String(query.say))
    send(response, twiml)
  })
  app.post('/whisper', function whisper(_request, response) {
    const twiml = new twilio.twiml.VoiceResponse()
    twiml.say('A call for sales')
    send(response, twiml)
  })
  app.post('/thanks', function thanks(_request, response) {
    const twiml = new twilio.twiml.VoiceResponse()
    twiml.say('Thank you.')
    send(response, twiml)
  })
  return app

  function leaveMessage(twiml: InstanceType<typeof twilio.twiml.VoiceResponse>): void {
    twiml.say('Leave a message.')
    twiml.record({ maxLength: 60, action: '/thanks' })
  }
}

function fileOf(t: Test, yaml = CONFIG): string {
  return join(t.testdir({ 'dialsip.yaml': yaml }), 'dialsip.yaml')
}

const FAST = ['--rate', '1000', '--yes']

t.test('the three differences of an Express app are found, and no other', async (t) => {
  const old = `${await listening(t, usualApp() as RequestListener)}/voice`
  const { code, stdout, stderr } = await runIn(ENV)('compare', fileOf(t), '--old', old, ...FAST, '--json')
  t.equal(stderr, '')
  t.equal(code, 1)
  const report = JSON.parse(stdout)
  const { counts, calls } = report
  t.same(counts, { equal: 3, different: 3, unsupported: 0, unanswered: 0, notAsked: 0 })
  t.same(
    calls.flatMap((call: { to: string; differences: { after: string[]; what: string }[] }) =>
      call.differences.map(({ after, what }) => [call.to, ...after, what]),
    ),
    [
      ['+15551230003', 'what <Say> has'],
      ['+15551230005', 'timeout of <Dial>'],
      ['+15551230006', 'busy', '<Reject> there, <Say> here'],
    ],
  )
  t.notMatch(stdout, 'not-to-be-seen')
  const shown = (await runIn(ENV)('compare', fileOf(t), '--old', old, ...FAST)).stdout
  t.match(
    shown,
    /different {2}\+15551230006 from \+15557650002\n {4}after busy: <Reject> there, <Say> here\n {4}http.*\/late +\| https:.*\/dialed\n {4}<Response> +\| <Response>\n {4} {2}<Reject\/> +\| {3}<Say>Leave a message.<\/Say>\n/,
  )
  t.match(shown, '3 equal, 3 different, 0 unsupported, 0 without an answer\n')
})

/** A webhook that gives these documents, by path and by what it is sent. */
async function oldWebhook(t: Test, answers: Readonly<Record<string, string>>) {
  const seen: { method: string; url: string; params: URLSearchParams; signature: string }[] = []
  const url = await listening(t, async function answer(request, response) {
    let body = ''
    for await (const piece of request) body += piece
    const { pathname, searchParams } = new URL(request.url!, 'http://old')
    const params = request.method === 'GET' ? searchParams : new URLSearchParams(body)
    const signature = String(request.headers['x-twilio-signature'])
    seen.push({ method: request.method!, url: request.url!, params, signature })
    const given = answers[`${pathname} ${params.get('To')}`] ?? answers[pathname] ?? ''
    response.setHeader('content-type', 'text/xml').end(`<Response>${given}</Response>`)
  })
  return { url, seen }
}

interface ReportedJson {
  readonly counts: Record<string, number>
  readonly requests: number
  readonly calls: readonly {
    readonly to: string
    readonly at: string | null
    readonly result: string
    readonly why: string
    readonly differences: readonly { readonly after: string[]; readonly what: string }[]
  }[]
}

/** What a comparison of one number says: its result, else its differences. */
async function saidOf(t: Test, routes: string, answers: Readonly<Record<string, string>>, ...more: string[]) {
  const { url } = await oldWebhook(t, answers)
  const yaml = `${HEAD}${routes}`.replaceAll('OLD', url)
  const ran = await runIn(ENV)(
    'compare',
    fileOf(t, yaml),
    '--old',
    `${url}/voice#rc=1`,
    ...FAST,
    '--json',
    ...more,
  )
  t.equal(ran.stderr, '')
  const { calls } = JSON.parse(ran.stdout) as ReportedJson
  const [{ result, why, differences }] = calls as [ReportedJson['calls'][0]]
  if (result === 'different') return differences.map(({ after, what }) => [...after, what].join(': '))
  return why === '' ? result : `${result}: ${why}`
}

function route(action: string): string {
  return `routes: [{ name: main, to: "+15551230001", ${action} }]\n`
}

t.test('what is written in another way is equal', async (t) => {
  const same: [action: string, twiml: string][] = [
    ['say: Hello there', '<Say loop="1">Hello\n   there</Say><Hangup/>'],
    ['reject: rejected', '<Reject/>'],
    ['hangup: true', ''],
    ['pause: 1', '<Pause/>'],
    ['play: "https://cdn.example.com/a.mp3"', '<Play loop="01">https://cdn.example.com/a.mp3</Play>'],
    ['record: { transcribe: true, maxLength: 120 }', '<Record transcribe="TRUE"/>'],
    [
      'dial: { number: "+15559990001" }, record: record-from-answer, otherwise: { hangup: true }',
      '<Dial record="true">+1 (555) 999-0001</Dial>',
    ],
    [
      'dial: { number: "+15559990001" }',
      '<Dial callerId="+1 555 765 0002" action="/none"><Number>+1-555-999-0001</Number></Dial>',
    ],
    [
      'dial: "sip:jack@example.com;transport=udp;region=ie1?X-A=1&X-B=a%20b", otherwise: { hangup: true }',
      '<Dial action="/none"><Sip statusCallback="/s">SIP:jack@Example.com;region=ie1?x-b=a%20b&amp;x-a=1</Sip></Dial>',
    ],
  ]
  for (const [action, twiml] of same) {
    t.equal(await saidOf(t, route(action), { '/voice': twiml }), 'equal', action)
  }
})

t.test('what means something else is named', async (t) => {
  const different: [action: string, twiml: string, says: string[]][] = [
    ['say: Hello', '', ['nothing there, <Say> here']],
    ['hangup: true', '<Say>Hello</Say>', ['<Say> there, nothing here']],
    ['reject: busy', '<Reject/>', ['reason of <Reject>']],
    [
      'dial: "sip:jack@example.com"',
      '<Dial action="/none"><Sip username="u">sip:jack@example.com;bad=%zz</Sip><Sip>sip:b@example.com</Sip></Dial>',
      ['username of <Sip>, what <Sip> has, <Sip> there, nothing here'],
    ],
    [
      'dial: "sip:jack@example.com"',
      '<Dial action="/none" record="record-from-ringing" referUrl="/r"><Sip>jack@example.com</Sip></Dial>',
      ['record of <Dial>, referUrl of <Dial>, what <Sip> has'],
    ],
    [
      'dial: "sip:jack@example.com"',
      '<Dial><Sip>sip:jack@example.com</Sip></Dial><Say>Bye</Say>',
      ['answered: busy: 503: noAnswer: <Say> there, nothing here'],
    ],
    [
      'dial: "sip:a@example.com", screen: { say: Sales }',
      '<Dial action="/none"><Sip>sip:a@example.com</Sip></Dial>',
      ['nothing there, <screen> here'],
    ],
    [
      'dial: "sip:a@example.com", screen: { say: Sales }',
      '<Dial action="/none"><Sip url="/screen">sip:a@example.com</Sip></Dial>',
      ['what <Say> has'],
    ],
    [
      'dial: "sip:a@example.com"',
      '<Dial action="https://elsewhere.example.net/x"><Sip>sip:a@example.com</Sip></Dial>',
      ['answered: busy: 503: noAnswer: <goes on at> there, nothing here'],
    ],
  ]
  for (const [action, twiml, says] of different)
    t.same(
      await saidOf(t, route(action), { '/voice': twiml, '/screen': '<Say>Support</Say>', '/none': '' }),
      says,
      twiml,
    )
})

t.test('what no config can say is unsupported, and a redirect to it is equal', async (t) => {
  const dial = 'dial: "sip:a@example.com", otherwise: { hangup: true }'
  for (const [twiml, name] of [
    ['<Gather action="/keys"><Say>Press 1.</Say></Gather>', 'Gather'],
    ['<Dial><Conference>room</Conference></Dial>', 'Conference'],
  ] as const) {
    t.equal(
      await saidOf(t, route(dial), { '/voice': twiml }),
      `unsupported: <${name}> cannot be written in a config; hand the call on with redirect`,
    )
    t.equal(await saidOf(t, route('redirect: "OLD/voice"'), { '/voice': twiml }), 'equal')
  }
  t.same(await saidOf(t, route(dial), { '/voice': '<Say>Hi</Say><Enqueue>q</Enqueue>' }), [
    '<Say> there, <Dial> here',
  ])
})

t.test('a call is followed wherever either server sends it', async (t) => {
  const answers = {
    '/voice': '<Redirect method="get">next?a=1#rc=2</Redirect>',
    '/next': '<Say>Hello</Say><Redirect>https://elsewhere.example.net/x</Redirect>',
  }
  const action = 'say: Hello, redirect: "https://elsewhere.example.net/x"'
  t.equal(await saidOf(t, route(action), answers), 'equal')
  t.equal(
    await saidOf(t, route('redirect: "https://voice.example.com/nowhere"'), {
      '/voice': '<Redirect>https://voice.example.com/nowhere</Redirect>',
    }),
    'equal',
  )
  t.equal(
    await saidOf(t, route('say: Hello'), {
      '/voice': '<Redirect>https://voice.example.com/voice</Redirect>',
    }),
    'equal',
  )
  t.same(await saidOf(t, route('say: Hello'), { '/voice': '<Redirect/>' }), ['nothing there, <Say> here'])
  t.equal(
    await saidOf(
      t,
      route('dial: "sip:a@example.com", url: "https://elsewhere.example.net/s", otherwise: { hangup: true }'),
      {
        '/voice':
          '<Dial action="/none"><Sip url="https://elsewhere.example.net/s">sip:a@example.com</Sip></Dial>',
      },
    ),
    'equal',
  )
  t.equal(
    await saidOf(
      t,
      route('dial: "sip:a@example.com", screen: { say: Sales, accept: "1" }, otherwise: { hangup: true }'),
      {
        '/voice': '<Dial action="/none"><Sip url="/screen">sip:a@example.com</Sip></Dial>',
        '/screen': '<Gather numDigits="1" timeout="5" action="/accept"><Say>Sales</Say></Gather><Hangup/>',
      },
    ),
    'equal',
  )
})

t.test('a webhook that takes GET is asked by GET', async (t) => {
  const { url, seen } = await oldWebhook(t, { '/voice': '<Reject/>' })
  const file = fileOf(t, `${HEAD}${route('reject: rejected')}`)
  for (const start of [`${url}/voice`, `${url}/voice?tenant=1`])
    t.match(await runIn(ENV)('compare', file, '--old', start, '--method', 'GET', ...FAST), {
      code: 0,
      stdout: '1 equal, 0 different, 0 unsupported, 0 without an answer\n',
    })
  for (const { method, url: asked, signature } of seen) {
    t.equal(method, 'GET')
    t.ok(twilio.validateRequest(TOKEN, signature, url + asked, {}))
  }
})

t.test('an old webhook without TwiML is said, in bounds', async (t) => {
  const cases: [status: number, headers: Record<string, string>, body: string, says: RegExp][] = [
    [
      302,
      { location: 'https://new.example.com/' },
      '',
      /answers 302 and leads to https:\/\/new.example.com\/, which is not followed/,
    ],
    [403, {}, '', /answers 403; does it check signatures with the token of this account/],
    [404, {}, '', /it answers 404\n/],
    [503, {}, '', /answers 503; Twilio would ask the fallback URL/],
    [204, {}, '', /answers with something else than TwiML/],
    [
      200,
      {},
      '<Response><Redirect>http://[</Redirect></Response>',
      /it leads to "http:\/\/\[", which is not a URL/,
    ],
    [200, {}, 'Hello', /answers with something else than TwiML/],
    [
      200,
      {},
      `<Response><Say>${'a'.repeat(70_000)}</Say></Response>`,
      /answers with 64 kB or more, which Twilio refuses/,
    ],
    [200, { 'content-length': '100' }, '<Resp', /it gives no answer: /],
  ]
  for (const [status, headers, body, says] of cases) {
    const url = await listening(t, function answer(_request, response) {
      response
        .writeHead(status, headers)
        .write(body, () => (headers['content-length'] ? response.destroy() : response.end()))
    })
    const { code, stdout } = await runIn(ENV)(
      'compare',
      fileOf(t, `${HEAD}${route('reject: busy')}`),
      '--old',
      url,
      ...FAST,
    )
    t.equal(code, 1)
    t.match(stdout, says)
    t.match(
      stdout,
      /^unanswered {2}\+15551230001 from \+15557650002\n.*\n\n0 equal, 0 different, 0 unsupported, 1 without an answer\n$/,
    )
  }
})

t.test('an old webhook that is not there is asked three times', async (t) => {
  for (const old of ['http://127.0.0.1:9/voice', 'https://127.0.0.1:9/voice']) {
    const { code, stdout, stderr } = await runIn(ENV)('compare', fileOf(t), '--old', old, ...FAST)
    t.equal(code, 1)
    t.match(stderr, `${old} gave no answer 3 times in a row; the rest is not asked`)
    t.match(stdout, 'it gives no answer: connect ECONNREFUSED')
    t.match(stdout, '0 equal, 0 different, 0 unsupported, 3 without an answer, 3 not asked')
  }
})

t.test('an old webhook that hangs is given up as Twilio does', async (t) => {
  const url = await listening(t, () => {})
  const old = new OldWebhook(url, () => undefined, 1000, 50)
  await t.rejects(old.ask({ url, method: 'POST', params: { AccountSid: ACCOUNT } }), {
    message: 'it gives no answer: the time is over in which Twilio waits',
  })
})

t.test('nothing is asked without --yes', async (t) => {
  const { url, seen } = await oldWebhook(t, { '/voice': '<Reject/>' })
  const file = fileOf(t)
  t.match(await runIn(ENV)('compare', file, '--old', `${url}/voice`), {
    code: 2,
    stderr: /would really be called, about 6 calls; --yes does it, --dry-run shows them/,
  })
  const dry = await run(
    'compare',
    file,
    '--old',
    `${url}/voice`,
    '--dry-run',
    '--from',
    'anonymous',
    '--outcomes',
    '486',
  )
  t.equal(dry.code, 0)
  t.match(dry.stdout, `POST ${url}/voice to +15551230001 from anonymous\n`)
  t.equal(dry.stderr, 'dialsip: 6 calls, their dials played as answered, 486; nothing was asked\n')
  t.match(await run('compare', file, '--old', `${url}/voice`, '--yes'), {
    code: 2,
    stderr: 'TOKEN is not set, and the questions are signed with it',
  })
  t.equal(seen.length, 0)
})

t.test('everything wrong with the options is said at once', async (t) => {
  const wrong = [
    '--method',
    'PUT',
    '--rate',
    '0',
    '--reporter',
    'tap',
    '--outcomes',
    'busy,nothing,canceled',
    '--numbers',
    'a',
    '--replay',
    'b',
  ]
  const { code, stderr } = await run('compare', fileOf(t), ...wrong)
  t.equal(code, 2)
  for (const mistake of [
    '--old URL is missing',
    '--method is GET or POST, not "PUT"',
    '--rate is a number of requests',
    'there is no reporter "tap"',
    '"nothing" is not an outcome that can be played',
    '"canceled" is not an outcome that can be played',
    '--numbers and --replay cannot go together',
  ])
    t.match(stderr, `dialsip: ${mistake}`.replace('dialsip: "', '--outcomes: "'))
  t.match(
    (await run('compare', fileOf(t), '--old', 'old.example.com')).stderr,
    '--old: "old.example.com" is not the URL of a webhook',
  )
  t.match(
    (await run('compare', fileOf(t), '--old', 'https://a:b@old.example.com')).stderr,
    '--old cannot hold a user and password',
  )
})

/** What would be asked. */
async function questions(t: Test, file: string, ...more: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run('compare', file, '--old', 'http://old/v', '--dry-run', ...more)
  t.equal(code, 0, stderr)
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace('POST http://old/v to ', ''))
}

t.test('what a config claims is asked about', async (t) => {
  const to =
    '["+15551230001", "+493012*", "+49307701..+49307799", "sip:jo@acme.sip.twilio.com", "sip:4*@acme.sip.twilio.com", "+*"]'
  const file = fileOf(t, `${HEAD}routes: [{ name: all, to: ${to}, reject: busy }]\n`)
  t.same(
    await questions(t, file),
    [
      ...['+15551230001', '+49307701', '+49307799', '+49301200000', '+15550000000'],
      ...['sip:jo@acme.sip.twilio.com', 'sip:4100@acme.sip.twilio.com'],
    ].map((number) => `${number} from +15557650002`),
  )
})

t.test('numbers and recorded calls come from files', async (t) => {
  const files = t.testdir({
    'dialsip.yaml': CONFIG,
    'numbers.csv': 'number;name\n"+15551230003";x # a comment\n\n+15551230003\n+15551230004\n',
    empty: '\n',
    calls: `To=%2B15551230001&From=%2B1999&CallSid=CA1&AccountSid=${ACCOUNT}\n{"level":30,"time":"2026-11-20T09:00:00Z","callSid":"CA2","to":"+15551230002","from":"+1888","verbs":["dial"]}\n`,
    broken: '{"To":\n',
  })
  const file = join(files, 'dialsip.yaml')
  t.same(
    await questions(
      t,
      file,
      '--numbers',
      join(files, 'numbers.csv'),
      '--from',
      '+1777',
      '--from',
      'anonymous',
    ),
    [
      '+15551230003 from +1777',
      '+15551230003 from anonymous',
      '+15551230004 from +1777',
      '+15551230004 from anonymous',
    ],
  )
  const replayed = ['--replay', join(files, 'calls')]
  t.same(await questions(t, file, ...replayed), ['+15551230001 from +1999', '+15551230002 from +1888'])
  t.same(
    (await questions(t, file, ...replayed, '--time-param', 'Now', '--account', ACCOUNT))[1],
    '+15551230002 from +1888 at 2026-11-20T09:00:00.000Z',
  )
  const wrong = async (...args: string[]) =>
    (await run('compare', file, '--old', 'http://old/v', ...args)).stderr
  t.match(await wrong('--numbers', join(files, 'empty')), 'empty has no number')
  t.match(await wrong('--replay', join(files, 'broken')), 'broken: line 1 is not JSON')
  t.match(
    await wrong('--replay', join(files, 'calls'), '--account', 'nobody'),
    'no account is called "nobody"',
  )
})

const SCHEDULED = `${HEAD}
schedules: { office: { timezone: Europe/Berlin, open: [mon-sun 09:00-18:00] } }
routes: [{ name: main, to: "+15551230001", rules: [{ if: { schedule: office }, reject: busy }, { reject: rejected }] }]
`

t.test('an old webhook that is given the time is asked at each change of a schedule', async (t) => {
  const url = await listening(t, async function answer(request, response) {
    let body = ''
    for await (const piece of request) body += piece
    const hour = Number(
      new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', hour: 'numeric', hourCycle: 'h23' }).format(
        new Date(new URLSearchParams(body).get('Now')!),
      ),
    )
    response.end(`<Response><Reject reason="${hour >= 9 && hour < 17 ? 'busy' : 'rejected'}"/></Response>`)
  })
  const file = fileOf(t, SCHEDULED)
  const ran = await runIn(ENV)('compare', file, '--old', url, ...FAST, '--json', '--time-param', 'Now')
  const { calls } = JSON.parse(ran.stdout) as ReportedJson
  t.equal(calls.length, 29, 'now, and two minutes for each of fourteen changes')
  const wrong = calls.slice(1).filter(({ result }) => result === 'different')
  t.equal(wrong.length, 7)
  t.ok(
    wrong.every(({ at }) => /T1[56]:59:00/.test(at!)),
    'the last minute of the office',
  )
  t.equal(ran.stderr, '')
  const { stdout } = await runIn(ENV)('compare', file, '--old', url, ...FAST, '--time-param', 'Now')
  t.match(
    stdout,
    /different {2}\+15551230001 from \+15557650002 at 20\d\d-\d\d-\d\dT1[56]:59:00.000Z\n {4}reason of <Reject>\n/,
  )
})

t.test('without it the next change is named', async (t) => {
  const { url } = await oldWebhook(t, { '/': '<Reject/>' })
  const { stderr } = await runIn(ENV)('compare', fileOf(t, SCHEDULED), '--old', url, ...FAST)
  t.match(stderr, /both were asked for now; schedule office changes at .*, so compare again after that/)
  const always = SCHEDULED.replace('mon-sun 09:00-18:00', 'mon-sun 00:00-24:00')
  t.equal((await runIn(ENV)('compare', fileOf(t, always), '--old', url, ...FAST)).stderr, '')
})

const SPLIT = `endpoints: { a: { uri: "sip:a.example.com", headers: { X-Call: "{{CallSid}}" } }, b: { uri: "sip:b.example.com" } }
groups: { both: [{ split: { a: 50, b: 50 } }] }
routes:
  - { name: main, to: "+15551230001", dial: [{ number: "+15559990001" }, both], failoverOn: [busy], otherwise: { hangup: true } }
`

t.test('a split follows the draw of the old webhook', async (t) => {
  const drawing = (b: string) =>
    listening(t, async function answer(request, response) {
      const params = new URLSearchParams(await text(request))
      const call = params.get('CallSid')!
      const a = `<Sip>sip:a.example.com?X-Call=${call}</Sip>`
      const drawn = Number.parseInt(call.slice(-1), 16) < 4 ? [a, b] : [b, a]
      const nouns = ['<Number>+15559990001</Number>', ...drawn]
      const tried = Number(new URL(request.url!, 'http://old').searchParams.get('tried'))
      const isOver = tried === nouns.length || params.get('DialCallStatus') === 'completed'
      const dial = `<Dial action="/voice?tried=${tried + 1}">${nouns[tried]}</Dial>`
      response.end(`<Response>${isOver ? '' : dial}</Response>`)
    })
  const asked = async (old: string) => {
    const outcomes = ['--outcomes', 'busy']
    const ran = await runIn(ENV)(
      'compare',
      fileOf(t, HEAD + SPLIT),
      '--old',
      `${old}/voice`,
      ...FAST,
      ...outcomes,
      '--json',
    )
    return { ...ran, calls: JSON.parse(ran.stdout).calls }
  }
  const same = await asked(await drawing('<Sip>sip:b.example.com</Sip>'))
  t.match(same.calls, [{ result: 'equal' }])
  const other = await asked(await drawing('<Sip>sip:c.example.com</Sip>'))
  t.match(other.calls, [{ result: 'different', differences: [{ what: /what <Sip> has/ }] }])
})

t.test('calls are under way at the same time, at the pace that is promised', async (t) => {
  const numbers = Array.from({ length: 9 }, (_, at) => `"+1555123000${at}"`)
  const file = fileOf(t, `${HEAD}routes: [{ name: main, to: [${numbers}], reject: busy }]\n`)
  const held: (() => void)[] = []
  let first = true
  const url = await listening(t, function answer(_request, response) {
    held.push(() => response.end('<Response><Reject reason="busy"/></Response>'))
    if (first || held.length === 8) for (const go of held.splice(0)) go()
    first = false
  })
  const begun = performance.now()
  const { stdout } = await runIn(ENV)('compare', file, '--old', url, '--rate', '100', '--yes')
  t.match(stdout, /^9 equal/)
  t.ok(performance.now() - begun >= 80, 'nine requests at a hundred a second')
})

t.test('a call with too many ways says so', async (t) => {
  t.match(
    await saidOf(
      t,
      route(`rules: [{ redirect: "OLD/voice" }]`),
      {
        '/voice': '<Dial action="/voice"><Sip>sip:a@example.com</Sip></Dial>',
      },
      '--outcomes',
      '480,486,500,502,503,504,600,603',
    ),
    'unsupported: it has more than 64 combinations of outcomes',
  )
})

t.test('both documents are shown side by side', async (t) => {
  const { url } = await oldWebhook(t, {
    '/voice': `<Dial action="/none" timeout="15"><Sip password='not-to-be-seen'>sip:a:not-to-be-seen@example.com</Sip></Dial><Say>a &lt; b</Say><Say>c\n\nd</Say>`,
  })
  const file = fileOf(t, `${HEAD}${route('dial: "sip:a@example.com"')}`)
  const { stdout } = await runIn(ENV)('compare', file, '--old', `${url}/voice?x=1`, ...FAST, '--from', '')
  t.match(stdout, 'different  +15551230001 from anonymous\n    timeout of <Dial>, password of <Sip>')
  t.match(
    stdout,
    /\n {4}http:\/\/127.0.0.1:\d+\/voice +\| https:\/\/voice.example.com\/voice\n {4}<Response> +\| <Response>\n/,
  )
  t.match(stdout, '<Sip password="***">sip:a:***@example.com</Sip>')
  t.match(stdout, '<Say>a &lt; b</Say>')
  const other = fileOf(t, `${HEAD}${route('reject: busy')}`)
  const longer = await runIn(ENV)('compare', other, '--old', `${url}/voice`, ...FAST)
  t.match(longer.stdout, /\n {6}<Say>c +\|\n {4} +\|\n/)
  t.notMatch(stdout, 'not-to-be-seen')
})

t.test('a pipeline reads the report as JUnit', async (t) => {
  const { url } = await oldWebhook(t, {
    '/voice +15551230003': '<Say>We are closed.</Say>',
    '/voice +15551230004': '<Reject/>',
    '/voice +15551230005': '<Enqueue/>',
  })
  const files = t.testdir({
    'dialsip.yaml': CONFIG,
    numbers: '+15551230003\n+15551230004\n+15551230005\n+15551239999\n',
  })
  const asked = ['--old', `${url}/voice`, '--numbers', join(files, 'numbers'), ...FAST]
  const { code, stdout } = await runIn(ENV)(
    'compare',
    join(files, 'dialsip.yaml'),
    ...asked,
    '--reporter',
    'junit',
  )
  t.equal(code, 1)
  t.match(stdout, '<testsuite name="dialsip compare" tests="4" failures="3">')
  t.match(stdout, '<testcase name="+15551230003 from +15557650002" classname="dialsip compare"/>')
  t.match(stdout, /<failure message="different: reason of &lt;Reject(>|&gt;)">/)
  t.match(stdout, /<failure message="different: nothing there, &lt;Reject/)
  t.match(stdout, /<failure message="unsupported: &lt;Enqueue(>|&gt;) cannot be written in a config/)
})

t.test('a screen of ours without a plan lets the call through', async (t) => {
  const screen =
    '<Dial action="/none"><Sip url="https://voice.example.com/screen">sip:a@example.com</Sip></Dial>'
  t.same(
    await saidOf(t, route('dial: "sip:a@example.com", otherwise: { hangup: true }'), { '/voice': screen }),
    ['<screen> there, nothing here'],
  )
})

t.test('a text that is not a phone number is compared as it is', async (t) => {
  const twiml = '<Dial callerId="office" action="/none"><Sip>sip:a@example.com</Sip></Dial>'
  t.same(await saidOf(t, route('dial: "sip:a@example.com"'), { '/voice': twiml }), ['callerId of <Dial>'])
})

t.test('without accounts nothing is signed', async (t) => {
  const { url, seen } = await oldWebhook(t, { '/voice': '<Reject/>' })
  const files = t.testdir({
    'dialsip.yaml': `
publicUrl: https://voice.example.com
listen: 127.0.0.1:0
accounts: []
insecureSkipSignature: true
${route('reject: rejected')}`,
    calls: `To=%2B15551230001&CallSid=CA1&AccountSid=${ACCOUNT}\n`,
  })
  const asked = [join(files, 'dialsip.yaml'), '--old', `${url}/voice`, '--replay', join(files, 'calls')]
  const { stdout } = await run('compare', ...asked, '--dry-run')
  t.equal(stdout, `POST ${url}/voice to +15551230001 from anonymous\n`)
  t.match(await run('compare', ...asked, ...FAST), { code: 0, stdout: '1 equal' })
  t.equal(seen[0]!.signature, 'undefined')
})

t.test('an error of ours is not taken for one of the old webhook', async (t) => {
  const call = { params: { To: '+15551230001', AccountSid: ACCOUNT }, at: undefined }
  await t.rejects(compareCall({ config: {} } as never, call), TypeError)
})
