import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { ownCommand } from '../../bin/own-command.js'
import { HEAD } from '../harness/build.js'
import { run } from '../harness/run.js'
import { COMMAND, takenPort } from '../harness/server-process.js'

const OWN = `${HEAD}
endpoints: { a: { uri: "sip:{{To}}@a.example.com" }, b: { uri: "sip:{{To}}@b.example.com" } }
routes: [{ to: ["+15551230001", "+15551230002"], dial: [a, b], otherwise: { say: sorry } }]
`

const FAILING = `
  - { name: a fails, call: { to: "+15551230001", from: "+15557650002" }, outcomes: { a: 503 }, expect: { dials: [a, b] } }`

function fileOf(t: Test, yaml: string): string {
  return join(t.testdir({ 'mine.yaml': yaml }), 'mine.yaml')
}

/** A demo that stays up, once it has said so. */
async function stayingUp(t: Test, ...args: string[]) {
  const child = spawn(process.execPath, [COMMAND, 'demo', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints = text(child.stderr)
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', (chunk) => {
    said += chunk
  })
  while (!/ try .*\n$/.test(said)) await once(child.stdout, 'data')
  return {
    said,
    async stop() {
      child.kill('SIGTERM')
      const [code] = await once(child, 'exit')
      return { code, complaints: await complaints }
    },
  }
}

t.test('the demo plays signed calls, a failover among them', async (t) => {
  const { code, stdout } = await run('demo', '--once', '--port', '0')
  t.equal(code, 0)
  t.match(
    stdout,
    `+4930123456 from +491701234567: route berlin by +4930123456, rule open
/voice     rings frankfurt, sip:+4930123456@fra.pbx.example.com;transport=tls;region=de1
           frankfurt: serverError (503)
/dialed    rings dublin, sip:+4930123456@dub.pbx.example.com;region=ie1
           dublin: busy (486)
/dialed    says "Please leave a message after the tone.", records, at most 120 s
           the caller leaves a message
`,
  )
  t.notMatch(stdout, '<Response>')
  t.match((await run('demo', '--once', '--port', '0', '--twiml')).stdout, '<Reject')
})

t.test('the demo of a config of your own plays its tests', async (t) => {
  const file = fileOf(
    t,
    `${OWN}tests:${FAILING.repeat(6)}\n  - { call: { to: "+15551230002" }, expect: { dials: [a] } }\n`,
  )
  const { code, stdout } = await run('demo', file, '--once', '--port', '0')
  t.equal(code, 0)
  t.equal(stdout.match(/\d\. a fails\n/g)?.length, 5)
  t.equal(
    stdout.match(/a: serverError \(503\)/g)?.length,
    5,
    'a failure of one call does not count for the next',
  )
  const untitled = fileOf(t, `${OWN}tests: [{ call: { to: "+15551230002" }, expect: { dials: [a] } }]\n`)
  t.match(
    (await run('demo', '-c', untitled, '--once', '--port', '0')).stdout,
    '1. A call of the tests\n\n+15551230002 from anonymous',
  )
  const wrong = fileOf(t, `${OWN}tests: [{ call: { to: "nobody" }, expect: { dials: [a] } }]\n`)
  t.match(await run('demo', wrong, '--once', '--port', '0'), {
    code: 2,
    stderr: '"nobody" is neither a phone number',
  })
})

t.test('without tests it plays a call to each number', async (t) => {
  const { stdout } = await run('demo', fileOf(t, OWN), '--once', '--port', '0')
  t.match(stdout, /1\. A call to a number of the config\n\n\+15551230001 .*2\. .*\n\n\+15551230002 /s)
  const nothing = fileOf(t, `${HEAD}routes: [{ to: "+1555*", reject: busy }]\n`)
  t.match(await run('demo', nothing, '--once', '--port', '0'), {
    code: 0,
    stderr: 'has neither tests nor exact numbers to call',
  })
})

t.test('a demo stays up for calls of your own', async (t) => {
  const { said, stop } = await stayingUp(t, '--twiml')

  await t.test('its curl works for a number of your own', async (t) => {
    const [, commands = ''] = /\n( {2}TO=.*To=\$TO"\n)/s.exec(said) ?? []
    const shell = (text: string) => spawnSync('sh', ['-c', text], { encoding: 'utf8' })
    t.match(shell(commands).stdout, '>sip:jack@example.com;region=ie1</Sip>')
    t.match(shell(commands.replace(/TO=\S+/, 'TO=+493099123')).stdout, '>sip:+493099123@fra.pbx.example.com')
    t.equal(shell(commands.replace(/hmac \S+/, 'hmac wrong')).stdout, '', 'only the token of this demo signs')
    const [, args = ''] = /\n {2}node dist\/bin\/dialsip\.js (try .*)\n$/.exec(said) ?? []
    t.match(await run(...args.split(' ')), { code: 0, stdout: 'answered by sip:jack@example.com' })
  })

  await t.test('its console has a day of calls in it', async (t) => {
    const [, console] = /The console, with these calls: (\S+)\n/.exec(said)!
    const get = async (path: string) => (await fetch(console + path)).json()
    const { calls } = await get('/api/calls?limit=500')
    t.ok(calls.length > 80, `${calls.length} calls`)
    t.match(await get('/api/calls?outcome=unreachable&limit=1'), {
      calls: [
        {
          hops: [
            { hop: 'frankfurt', seconds: /^5\./ },
            { hop: 'dublin', outcome: 'answered' },
          ],
        },
      ],
    })
    const { now, callsAMinute, notUp } = await get('/api/status')
    t.match(now, /^2026-11-20T09:0[1-3]/, 'the office stays open')
    t.ok(callsAMinute.some((count: number) => count > 2))
    t.same(notUp, [])
    const { headers } = await fetch(`${console}/api/config`)
    t.match(headers.get('date'), /20 Nov 2026 09:0/, 'the console counts by its clock')
    t.match(await get('/api/outcomes?endpoint=frankfurt'), { endpoints: [{ postDialDelay: /^0\.9/ }] })
  })

  t.same(await stop(), { code: 0, complaints: '' })
})

t.test('a demo of your own stays up as well', async (t) => {
  const bare =
    'publicUrl: https://voice.example.com\naccounts: []\nlisten: 127.0.0.1:0\ninsecureSkipSignature: true\nroutes: []\n'
  const { said, stop } = await stayingUp(t, fileOf(t, bare))
  t.match(said, 'It stays up for calls of your own')
  const [, console] = /The console, with these calls: (\S+)\n/.exec(said)!
  t.match(await (await fetch(console!)).text(), '<title>dialsip')
  t.match(await stop(), { code: 0, complaints: /mine.yaml has neither tests nor exact numbers to call\n$/ })
})

t.test('commands to copy are as this one was called', (t) => {
  t.equal(ownCommand('/usr/local/bin/dialsip'), 'dialsip')
  t.equal(ownCommand(join(process.cwd(), COMMAND)), `node ${COMMAND}`)
  t.equal(ownCommand(''), 'dialsip')
  t.end()
})

t.test('a demo that cannot listen says how it can', async (t) => {
  t.match(await run('demo', '--port', await takenPort(t)), {
    code: 1,
    stderr: /EADDRINUSE.*--port 0 takes any free port/,
  })
  t.match(await run('demo', '--port', 'http'), {
    code: 2,
    stderr: /--port: expected a port number, found "http"/,
  })
  t.match(await run('demo', '--port', '70000'), { code: 2, stderr: /--port: expected a port number/ })
})
