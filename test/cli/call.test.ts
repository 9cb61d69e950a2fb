import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { CALL, MAIN, YAML } from '../harness/placing.js'
import { runWith } from '../harness/run.js'
import { startTwilioApi } from '../harness/twilio-api.js'

t.test('dialsip call', async (t) => {
  const twilio = await startTwilioApi([`${MAIN}:12345`])
  t.teardown(() => twilio.close())
  const file = path.join(
    t.testdir({ 'dialsip.yaml': `${YAML}\ntwilio: { apiBaseUrl: "${twilio.url}/" }\n` }),
    'dialsip.yaml',
  )
  const basic = ['call', '-c', file, '--to', 'sip:a@b.example', '--from', 'x']

  t.test('places a call as a process of its own', async (t) => {
    const bin = path.resolve('dist/bin/dialsip.js')
    const { stdout } = await promisify(execFile)(process.execPath, [
      bin,
      ...basic,
      '--dial',
      'desk',
      '--header',
      'X-A=1=2',
    ])
    t.equal(stdout, `${CALL} queued\n`)
    t.equal(twilio.received.at(-1)!.params.get('To'), 'sip:a@b.example?X-A=1%3D2')
    const failed = await promisify(execFile)(process.execPath, [bin, 'call', '-c', file]).catch(
      (error) => error,
    )
    t.equal(failed.code, 2)
    t.match(failed.stderr, /"to" is missing/)
  })

  t.test('shows the request without its secret', async (t) => {
    const { code, stdout } = await runWith([
      ...basic.slice(0, -4),
      '--to',
      '1@frankfurt',
      '--from',
      'x',
      '--twiml',
      '<Response/>',
      '--dry-run',
    ])
    t.equal(code, 0)
    t.match(JSON.parse(stdout), { account: MAIN, sipAuthUsername: 'twilio', sipAuthPassword: '…' })
    const ring = ['--dial', '{ ring: [desk, "sip:b@c.example"] }', '--dry-run']
    t.match(
      JSON.parse((await runWith([...basic, ...ring])).stdout).url,
      /dial=%40outbound%3Adesk%7Csip%3Ab%40c\.example$/,
    )
    t.equal(
      (await runWith([...basic, '--route', 'berlin', '--record', '--timeout', '5', '--dry-run'])).code,
      0,
    )
  })

  t.test('the environment of the SDK does not count', async (t) => {
    process.env.TWILIO_LOG_LEVEL = 'debug'
    const said = t.capture(console, 'log')
    await runWith([...basic, '--route', 'berlin'])
    delete process.env.TWILIO_LOG_LEVEL
    t.strictSame(said(), [])
  })

  t.test('prints for machines with --json', async (t) => {
    const { code, stdout } = await runWith(
      [...basic.filter((arg) => arg !== '-c' && arg !== file), '--route', 'berlin', '--json'],
      {
        DIALSIP_CONFIG: file,
      },
    )
    t.strictSame([code, JSON.parse(stdout).sid], [0, CALL])
  })

  t.test('prints SID and status for people', async (t) => {
    const { stdout, stderr } = await runWith([...basic, '--route', 'berlin', '--header', 'other=1=2'])
    t.equal(stdout, `${CALL} queued\n`)
    t.match(stderr, /^dialsip: headers\.other: Twilio silently drops header "other"/)
  })

  t.test('tells errors, refusals and what is not known', async (t) => {
    const wrong = await runWith([...basic, '--route', 'brelin', '--url', 'https://a.example'])
    t.equal(wrong.code, 2)
    t.match((await runWith(basic.map((arg) => (arg === 'x' ? '' : arg)))).stderr, /dialsip: from: /)
    const port = await runWith([...basic, '--url', 'https://a.example', '--to', 'sip:a@b.example:0'])
    t.equal(port.stderr, 'dialsip: to: "0" is not a port from 1 to 65535\n', 'no help, no semicolon')
    t.match(wrong.stderr, /dialsip: route: no route is called "brelin"; did you mean "berlin"\?\n/)
    twilio.mishaps.push({
      status: 400,
      body: { code: 21211, message: 'Invalid To', more_info: 'https://twil.io/1' },
    })
    const refused = await runWith([...basic, '--route', 'berlin'])
    t.strictSame(
      [refused.code, refused.stderr],
      [1, 'dialsip: Twilio: Invalid To (error 21211); see https://twil.io/1\n'],
    )
    twilio.mishaps.push('reset')
    const lost = await runWith([...basic, '--route', 'berlin'])
    t.match([lost.code, lost.stderr], [1, /look before you repeat it/])
  })

  t.test('takes each header once, by name and value', async (t) => {
    const header = (...texts: string[]) =>
      runWith([...basic, '--dial', 'desk', ...texts.flatMap((text) => ['--header', text]), '--dry-run'])
    t.match(await header('X-A'), { code: 2, stderr: /--header takes NAME=VALUE, not "X-A"/ })
    t.match(await header('X-A=1', 'X-A=2'), { code: 2, stderr: /--header X-A is given twice/ })
    t.match(await header('X-A=1', 'X-B='), { code: 0, stdout: /\?X-A=1&X-B="/ })
  })

  t.test('wants credentials, in one line', async (t) => {
    const wrong = await runWith([...basic, '--route', 'berlin'], { TOKEN: 'wrong-token' })
    t.equal(wrong.code, 2)
    t.equal(
      wrong.stderr,
      'dialsip: Twilio refuses the credentials of account main (error 20003); fix its authTokens, or apiKey and apiKeySecret\n',
    )
    const bare = path.join(t.testdir({ 'd.yaml': YAML.replaceAll('${TOKEN:-12345}', '${TOKEN}') }), 'd.yaml')
    const none = await runWith(['call', '-c', bare])
    t.strictSame([none.code, none.stderr.split('\n').length], [2, 2])
    t.match(none.stderr, /TOKEN is not set; set TOKEN/)
    const broken = path.join(t.testdir({ 'd.yaml': 'publicUrl: x' }), 'd.yaml')
    t.equal((await runWith(['call', '-c', broken])).code, 2)
  })
})
