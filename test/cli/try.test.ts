import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runningServer } from '../../bin/play/running-server.js'
import { ACCOUNT } from '../harness/build.js'
import { run, runIn } from '../harness/run.js'
import { ENV, serving } from '../harness/serving.js'

const HEAD = `
publicUrl: https://voice.example.com/tw
listen: 127.0.0.1:0
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }]
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: "\${PASSWORD:-not-to-be-seen}" }
  b: { uri: "sip:{{To}}@b.example.com" }
`

const CONFIG = `${HEAD}
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: voicemail }
  - { name: both, to: "+15551230002", dial: { ring: [a, b] }, screen: { say: A call, accept: "7" }, otherwise: { hangup: true } }
  - { name: whisper, to: "+15551230003", dial: b, screen: { say: Sales }, otherwise: { redirect: "https://x.example.com/y" } }
  - { name: foreign, to: "+15551230004", dial: "sip:c@c.example.com", url: "https://x.example.com/screen", statusCallback: "https://x.example.com/s", otherwise: { say: no } }
  - { name: closed, to: "+15551230005", rules: [{ if: { schedule: office }, dial: a, otherwise: { say: no } }, { reject: busy }] }
  - { name: rejected, to: "+15551230009", reject: rejected }
default: [{ pause: 2 }, { play: "https://x.example.com/a.mp3" }, { say: A text that is longer than anybody wants to read in one line }]
schedules: { office: { timezone: Europe/Berlin, open: [mon-fri 09:00-18:00] } }
actions: { voicemail: [{ say: Leave a message }, { record: { maxLength: 60 } }, { say: Thank you }] }
`

function fileOf(t: Test, yaml = CONFIG): string {
  return join(t.testdir({ 'dialsip.yaml': yaml }), 'dialsip.yaml')
}

/** What a call at a server of its own shows. */
async function tried(t: Test, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('try', fileOf(t), ...args)
  t.equal(code, 0, stderr)
  t.equal(stderr, '', 'nothing is wrong')
  return stdout
}

t.test('a call is played to its end without any secret', async (t) => {
  t.equal(
    await tried(t, '--to', '+15551230001', '--outcome', 'a=503', '--outcome', 'b=busy'),
    `+15551230001 from +15557650002: route main by +15551230001
/voice     rings a, sip:+15551230001@a.example.com
           a: serverError (503)
/dialed    rings b, sip:+15551230001@b.example.com
           b: busy (486)
/dialed    says "Leave a message", records, at most 60 s
           the caller leaves a message
/recorded  says "Thank you"
the caller has left a message
`,
  )
  t.match(await tried(t, '--to', '+15551230001'), 'a: answered (200)\n/dialed    hangs up\nanswered by a\n')
  t.match(
    await tried(t, '--to', '+15551230001', '--outcome', 'a=canceled'),
    'a: canceled\n/dialed    hangs up\nthe caller has left\n',
  )
  t.match(
    await tried(t, '--to', '+15551230009', '--from', 'anonymous'),
    'rejects the call\nthe call is rejected\n',
  )
})

t.test('a number that is nearly one of the config is named', async (t) => {
  t.match(
    await tried(t, '--to', '15551230009'),
    '15551230009 from +15557650002: no route claims 15551230009; 15551230009 is +15551230009: +15551230009 would match (route rejected)\n',
  )
})

t.test('whether a hop rang decides as it does in a call', async (t) => {
  const config = fileOf(t, `${HEAD}routes: [{ to: "+15551230001", dial: [a, b], otherwise: { say: no } }]\n`)
  const outcome = async (text: string) =>
    (await run('try', config, '--to', '+15551230001', '--outcome', `a=${text}`)).stdout
  t.match(await outcome('timeout'), /a: unreachable\n\/dialed {4}rings b/)
  t.match(await outcome('ringing+timeout'), /a: noAnswer\n\/dialed {4}says "no"\nthe call ends/)
})

t.test('a screen is answered as the callee does', async (t) => {
  const both = ['--to', '+15551230002']
  t.match(
    await tried(t, ...both),
    `rings a and b, sip:+15551230002@a.example.com and sip:+15551230002@b.example.com
/screen    says "A call", waits for a key, hangs up
/screen    the call is put through
           a and b: answered (200)
/dialed    hangs up
answered by a or b
`,
  )
  t.match(
    await tried(t, ...both, '--outcome', 'a=486', '--outcome', 'b=unaccepted'),
    /\/screen {4}says "A call", waits for a key, hangs up\n {11}a and b: noAnswer \(200\)\n\/dialed/,
  )
  t.match(await tried(t, ...both, '--outcome', 'a|b=600'), /a and b: busy \(600\)/)
  t.match(await tried(t, '--to', '+15551230003'), /\/screen {4}says "Sales"\n {11}b: answered/)
  t.match(
    await tried(t, '--to', '+15551230003', '--outcome', 'b=603'),
    'Twilio goes on with https://x.example.com/y',
  )
  t.match(
    await tried(t, '--to', '+15551230004'),
    'rings sip:c@c.example.com\n           sip:c@c.example.com: answered',
  )
})

const TRANSFERS = `${HEAD}
routes:
  - { name: main, to: "+15551230001", dial: a, referUrl: true }
  - { name: desk, to: "+15551230002", dial: b, record: record-from-answer, otherwise: { say: no } }
  - { name: crm, to: "+15551230003", dial: b, referUrl: "https://crm.example.com/refer" }
`

t.test('a callee transfers the call, and it goes on', async (t) => {
  const file = fileOf(t, TRANSFERS)
  const refer = async (number: string, ...args: string[]) =>
    (await run('try', file, '--to', number, ...args.flatMap((text) => ['--refer', text]))).stdout
  t.equal(
    await refer('+15551230001', 'a=<sip:+15551230002@a.example.com;x=y>'),
    `+15551230001 from +15557650002: route main by +15551230001
/voice     rings a, sip:+15551230001@a.example.com
           a: answered (200)
           a transfers the call to <sip:+15551230002@a.example.com;x=y>
/refer     rings b, sip:+15551230002@b.example.com
           b: answered (200)
/dialed    hangs up
answered by b
`,
  )
  t.match(
    await refer('+15551230001', 'a=tel:+15551230001'),
    /a transfers the call to tel:\+15551230001\n\/refer {5}rings a, .*\n {11}a: answered/,
    'once',
  )
  t.match(
    await refer('+15551230002', 'b=tel:+15551230001'),
    'b transfers the call to tel:+15551230001: refused, the dial has no referUrl\n/dialed    hangs up\nanswered by b',
  )
  t.match(
    await refer('+15551230003', 'b=tel:+15551230001'),
    'b transfers the call to tel:+15551230001\nTwilio goes on with https://crm.example.com/refer\n',
  )
  t.match(
    (await run('try', file, '--to', '+15551230001', '--refer', 'c=tel:+1', '--refer', 'a=b', '--refer', '='))
      .stderr,
    /no endpoint is called "c"; there are 2: a, b.*"a=b" is not ENDPOINT=TARGET, such as a=sip:.*"=" is not/s,
  )
})

t.test('a recording comes with its URL', async (t) => {
  const server = await serving(
    t,
    `
routes:
  - { name: desk, to: "+15551230002", dial: "sip:b@b.example.com", record: record-from-answer }
default: [{ record: { maxLength: 60 } }, { say: Thank you }]
`,
  )
  const asked = async (number: string) => {
    const { stdout } = await runIn(ENV)('try', server.file, '--to', number, '--url', server.address, '--json')
    return JSON.parse(stdout).steps.at(-1).params
  }
  const recording = {
    RecordingUrl: new RegExp(`^https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/RE`),
    RecordingDuration: '5',
  }
  t.match(await asked('+15551230002'), { DialCallStatus: 'completed', ...recording })
  t.same(lineOf('recording'), undefined, 'nobody is to be told of the recording of a dial')
  t.match(await asked('+15551230001'), { Digits: '#', ...recording })
  t.match(lineOf('recording'), { recordingUrl: recording.RecordingUrl, status: 'completed', seconds: '5' })

  function lineOf(text: string) {
    return server.lines.find(({ msg }) => msg === text)
  }
})

t.test('a call is played at the time that is given', async (t) => {
  const at = (time: string) => tried(t, '--to', '+15551230005', '--at', time)
  t.match(await at('2026-11-20T10:00:00+01:00'), 'answered by a')
  t.match(await at('2026-11-20T20:00:00+01:00'), 'rejects the call as busy\nthe call is rejected as busy\n')
})

t.test('each verb is one word', async (t) => {
  t.match(
    await tried(t, '--to', '+15551230006'),
    '/voice     waits 2 s, plays https://x.example.com/a.mp3, says "A text that is longer than anybody wants to read i…"',
  )
})

t.test('documents are shown, and secrets are not', async (t) => {
  const shown = await tried(t, '--to', '+15551230001', '--twiml')
  t.match(shown, /\n {11}<Response>\n {13}<Dial /)
  t.match(shown, 'password="***"')
  t.notMatch(shown, 'not-to-be-seen')
  const { steps, params, end } = JSON.parse(
    await tried(t, '--to', '+15551230001', '--json', '--param', 'CallerName=Jo'),
  )
  t.match(params, { To: '+15551230001', From: '+15557650002', AccountSid: ACCOUNT, CallerName: 'Jo' })
  t.match(steps, [
    { kind: 'asked', webhook: '/voice', twiml: /<Sip/ },
    { kind: 'rung', hop: 'a', outcome: 'answered', code: 200 },
    { kind: 'asked', webhook: '/dialed', params: { DialCallStatus: 'completed' } },
  ])
  t.equal(end, 'answered by a')
  t.notMatch(JSON.stringify(steps), 'not-to-be-seen')
})

t.test('everything wrong with a call is said at once', async (t) => {
  const wrong = [
    '--outcome',
    'c=503',
    '--outcome',
    'a=what',
    '--outcome',
    'b',
    '--param',
    'x',
    '--at',
    'soon',
  ]
  const { code, stderr } = await run('try', fileOf(t), ...wrong)
  t.equal(code, 2)
  for (const mistake of [
    'the called number is missing',
    'no endpoint is called "c"',
    '"what" is not an outcome of a',
    '"b" is not ENDPOINT=OUTCOME',
    '"x" is not NAME=VALUE',
    '"soon" is not a time',
  ])
    t.match(stderr, `dialsip: ${mistake}`)
  t.match(await run('try', fileOf(t, `${CONFIG}nonsense: 1\n`), '--to', '+15551230001'), {
    code: 2,
    stderr: 'nonsense',
  })
})

t.test('a running server is found, and gets a call that it counts', async (t) => {
  const server = await serving(
    t,
    `routes: [{ name: main, to: "+15551230001", dial: "sip:a@a.example.com", otherwise: { say: no } }]\n`,
  )
  const { port } = new URL(server.address)
  const yaml = (text: string) => fileOf(t, text.replaceAll('127.0.0.1:0', `127.0.0.1:${port}`))
  const other = `${HEAD.replace('/tw', '')}routes: [{ to: "+15551230001", dial: a, otherwise: { say: no } }]\n`
  const placed = await runIn(ENV)('try', yaml(other), '--to', '+15551230001')
  t.match(placed, {
    code: 0,
    stdout: 'answered by sip:a@a.example.com',
    stderr: /runs by another revision.*counts this call in its health and metrics; --start/s,
  })
  const finished = () => server.lines.find(({ msg }) => msg === 'call finished')
  t.match(finished(), { to: '+15551230001' })
  const unset = other.replace(':-not-to-be-seen', '')
  t.match(await runIn(ENV)('try', yaml(unset), '--to', '+15551230001'), {
    stderr: 'runs by another revision of the config than this file',
  })
  t.match(await runIn(ENV)('try', yaml(other), '--to', '+15551230001', '--start'), {
    stdout: 'answered by a',
    stderr: '',
  })
  t.match(await run('try', yaml(other), '--to', '+15551230001'), {
    code: 0,
    stdout: 'answered by a',
    stderr: `http://127.0.0.1:${port} runs, but TOKEN is not set: another server is started`,
  })
  t.match(await run('try', yaml(other), '--to', '+15551230001', '--url', server.address), {
    code: 2,
    stderr: 'TOKEN is not set, and a running server takes only calls that are signed with it',
  })
  t.match(await runIn({ TOKEN: 'another-token' })('try', yaml(other), '--to', '+15551230001'), {
    code: 1,
    stderr: 'answers 403 to POST /voice; it runs with another secret or publicUrl than this config',
  })
  t.match(await runIn(ENV)('try', server.file, '--to', '+15551230001', '--url', `${server.address}/voice`), {
    code: 0,
    stdout: 'answered by sip:a@a.example.com',
    stderr: '',
  })
})

t.test('a server of this config has the same revision', async (t) => {
  const server = await serving(t, 'routes: [{ to: "+15551230001", reject: busy }]\n')
  const { config } = server.service.active
  const listen = { host: '0.0.0.0', port: Number(new URL(server.address).port) }
  const running = await runningServer({ ...config, listen })
  t.same(running, { server: server.address, revision: config.revision })
})

t.test('a listener that is not dialsip is left alone', async (t) => {
  for (const text of ['<html/>', '{}']) {
    const { url } = await answering(t, text)
    const { port } = new URL(url)
    const file = fileOf(t, CONFIG.replace('127.0.0.1:0', `127.0.0.1:${port}`))
    t.match(await runIn(ENV)('try', file, '--to', '+15551230001'), {
      code: 0,
      stdout: 'answered by a',
      stderr: '',
    })
  }
})

t.test('--url is the URL of a running server', async (t) => {
  const file = fileOf(t)
  const at = (...args: string[]) => runIn(ENV)('try', file, '--to', '+15551230001', ...args)
  t.match(await at('--url', '8080'), { code: 2, stderr: '--url: "8080" is not the URL of a server' })
  t.match(await at('--url', 'http://127.0.0.1:1', '--start'), { code: 2, stderr: 'there is no --start' })
  t.match(await at('--url', 'http://127.0.0.1:1', '--at', '2026-11-20T10:00:00Z'), {
    code: 2,
    stderr: 'there is no --at',
  })
  t.match(await at('--url', 'http://127.0.0.1:9'), {
    code: 1,
    stderr: /no answer from http:\/\/127\.0\.0\.1:9: /,
  })
})

/** A server that answers each request for a call with the same text. */
async function answering(t: Test, text: string, status = 200) {
  const seen: { url: string; headers: Record<string, unknown> }[] = []
  const server = createServer(function answer({ url, headers }, reply) {
    seen.push({ url: url!, headers })
    reply.writeHead(status, { 'content-type': 'text/xml' }).end(text)
  }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

t.test('a server that is not one of this config is reported', async (t) => {
  const at = async (text: string, status?: number) => {
    const { url } = await answering(t, text, status)
    return runIn(ENV)('try', fileOf(t), '--to', '+15551230001', '--url', url)
  }
  const own = 'https://voice.example.com/tw'
  t.match(await at('', 404), {
    code: 1,
    stderr: 'answers 404 to POST /tw/voice; is this the server of this config?',
  })
  for (const text of ['hello', '', '<html/>', '<Response>'])
    t.match(await at(text), { code: 1, stderr: 'answers POST /voice with something else than TwiML' })
  for (const action of [
    '',
    ' action="https://x.example.com/dialed?dial=a&amp;hop=a"',
    ` action="${own}/dialed"`,
  ])
    t.match(await at(`<Response><Dial${action}/></Response>`), {
      code: 1,
      stderr: /<Dial> leads to ".*", which holds no plan of this config/,
    })
  t.match(await at(`<Response><Record action="${own}/recorded"/></Response>`), {
    code: 1,
    stderr: 'the call goes round in a circle: 100 webhooks and no end',
  })
  t.match(await at('<Response><Record/><Say>x</Say></Response>'), {
    stdout: 'records, at most 3600 s, says "x"',
  })
  t.match(await at('<Response><Pause/><Enqueue>q</Enqueue>text<!-- x --></Response>'), {
    code: 0,
    stdout: 'waits 1 s, Enqueue q\nthe call ends',
  })
  t.match(await at('<Response/>'), { code: 0, stdout: '/voice     nothing more\nthe call ends' })
  t.match(await at(`<Response><Dial action="${own}/dialed?dial=x&amp;hop=a"/></Response>`), {
    code: 1,
    stderr: 'goes round in a circle',
  })
})

t.test('a screen that no dial of the config has is left alone', async (t) => {
  const own = 'https://voice.example.com/tw'
  const sip = `<Sip url="${own}/screen">sip:a@a.example.com</Sip>`
  const { url } = await answering(
    t,
    `<Response><Gather action="${own}/screen"/><Dial action="${own}/dialed?dial=x&amp;hop=a">${sip}</Dial></Response>`,
  )
  t.match(await runIn(ENV)('try', fileOf(t), '--to', '+15551230001', '--url', url), {
    code: 1,
    stderr: 'circle',
  })
})

t.test('a shared key signs where there is no auth token', async (t) => {
  const key = `SK${'a'.repeat(32)}`
  const yaml = CONFIG.replace(
    `authTokens: ["\${TOKEN}"]`,
    `authTokens: [], sharedKeys: { ${key}: "\${TOKEN}" }`,
  )
  const { url, seen } = await answering(t, '<Response/>')
  t.match(await runIn(ENV)('try', fileOf(t, yaml), '--to', '+15551230001', '--url', url), { code: 0 })
  t.match(seen[0], {
    headers: {
      'x-twilio-webhooks-signature-settings': `key=${key},algorithm=HMAC_SHA256`,
      'x-twilio-signature': /^.{44}$/,
    },
  })
})

t.test('where no signature is checked none is sent', async (t) => {
  const yaml = CONFIG.replace(/accounts:.*\n/, 'accounts: []\ninsecureSkipSignature: true\n')
  const { url, seen } = await answering(t, '<Response/>')
  t.match(await run('try', fileOf(t, yaml), '--to', '+15551230001', '--url', url), { code: 0 })
  t.equal(seen[0]!.headers['x-twilio-signature'], undefined)
  t.match(await run('try', fileOf(t, yaml), '--to', '+15551230001'), { code: 0, stdout: 'answered by a' })
})
