import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import sdk from 'twilio/lib/webhooks/webhooks.js'
import { painter } from '../../bin/config-file.js'
import type { Io } from '../../bin/io.js'
import { HEAD, TOKEN, webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { runIn } from '../harness/run.js'
import { COMMAND, takenPort } from '../harness/server-process.js'

const CONFIG = `${HEAD}
listen: 127.0.0.1:0
admin: { listen: "127.0.0.1:0" }
endpoints:
  a: { uri: "sip:{{To}}@a.example.com" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
`

const run = runIn({ TOKEN })

function fileOf(t: Test, yaml: string): string {
  return join(t.testdir({ 'dialsip.yaml': yaml }), 'dialsip.yaml')
}

/** The built server as a process of its own, once it listens. */
async function serve(
  t: Test,
  file: string,
  options: readonly string[] = [],
): Promise<{
  child: ChildProcess
  address: string
  adminAddress: string
  log: () => string
  warnings: () => string
}> {
  const child = spawn(process.execPath, [...options, COMMAND, 'serve', '-c', file], {
    env: { ...process.env, TOKEN },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let [log, warnings] = ['', '']
  child.stderr!.on('data', (chunk) => {
    warnings += chunk
  })
  child.stdout!.on('data', (chunk) => {
    log += chunk
  })
  while (!log.includes('"listening"')) await once(child.stdout!, 'data')
  const { address, adminAddress } = JSON.parse(log.split('\n').find((line) => line.includes('"listening"'))!)
  return { child, address, adminAddress, log: () => log, warnings: () => warnings }
}

async function place(address: string, target: string, params: Record<string, string>): Promise<string> {
  const signature = sdk.getExpectedTwilioSignature(TOKEN, `https://voice.example.com${target}`, params)
  const reply = await fetch(address + target, {
    method: 'POST',
    body: new URLSearchParams(params),
    headers: { 'x-twilio-signature': signature },
  })
  return reply.text()
}

t.test('the built server fails over, also after a restart', async (t) => {
  const file = fileOf(t, CONFIG)
  const first = await serve(t, file)
  const action = actionOf(await place(first.address, '/voice', webhook()))
  first.child.kill('SIGTERM')
  t.same(await once(first.child, 'close'), [0, null])
  t.match(first.log(), /"stopped"/)
  t.equal(first.warnings(), '')
  const second = await serve(t, file)
  const next = await place(
    second.address,
    action,
    webhook({ DialCallStatus: 'failed', DialSipResponseCode: '503' }),
  )
  t.match(next, '@b.example.com')
  const last = await place(
    second.address,
    actionOf(next),
    webhook({ DialCallStatus: 'busy', DialSipResponseCode: '486' }),
  )
  t.match(last, '<Say>sorry</Say>')
  t.match(await place(second.address, action, webhook({ DialCallStatus: 'completed' })), '<Hangup/>')
  t.equal((await fetch(`${second.address}/voice`, { method: 'POST' })).status, 403)
  t.equal((await fetch(`${second.adminAddress}/api/config`)).status, 200)
})

t.test('a broken config stops serve with its errors', async (t) => {
  const file = join(
    t.testdir({ 'dialsip.yaml': CONFIG.replace('dial: [a, b]', 'dial: [aa, b]') }),
    'dialsip.yaml',
  )
  const { code, stderr } = await run('serve', '-c', file)
  t.equal(code, 1)
  t.match(stderr, /dialsip\.yaml:\d+:\d+ error\[unknown-endpoint\] .*no endpoint is called "aa"/)
  t.match((await run('check', file)).stdout.split('\n')[0], stderr.split('\n')[0])
})

t.test('a port that is taken stops serve', async (t) => {
  const file = fileOf(t, CONFIG.replace('127.0.0.1:0', `127.0.0.1:${await takenPort(t)}`))
  const { code, stderr } = await run('serve', '-c', file)
  t.equal(code, 1)
  t.match(stderr, /dialsip: listen EADDRINUSE/)
})

t.test('DIALSIP_CONFIG names the file of every command', async (t) => {
  const missing = join(t.testdir(), 'missing.yaml')
  for (const name of ['serve', 'check']) {
    const { code, stdout, stderr } = await runIn({ DIALSIP_CONFIG: missing })(name)
    t.equal(code, 1)
    t.match(stdout + stderr, `${missing}:1:1 error[`)
  }
})

t.test('a server that skips signatures', async (t) => {
  const bug = "data:text/javascript,process.on('SIGUSR2', () => { throw new Error('a bug') })"
  const file = fileOf(t, `${CONFIG}insecureSkipSignature: true\n`)
  const { child, log, warnings } = await serve(t, file, ['--import', bug])

  await t.test('an error that nobody caught is logged, and calls in flight are finished', async (t) => {
    child.kill('SIGUSR2')
    t.same(await once(child, 'close'), [1, null])
    t.match(log(), /"level":"fatal".*a bug.*stopping after an error that nobody caught.*"stopped"/s)
  })

  t.match(
    warnings(),
    /^\S+:12:24 warning\[insecure-signature\] .*\n0 errors, 1 warning\n$/s,
    'it warns at its start',
  )
  t.match(log(), /"level":"warn".*insecureSkipSignature is set/)
})

t.test('a closed pipe is not an error, a full disk is', async (t) => {
  const reader = spawn(process.execPath, [COMMAND, 'schema'], { stdio: ['ignore', 'pipe', 'inherit'] })
  reader.stdout.once('data', () => reader.stdout.destroy())
  t.same(await once(reader, 'exit'), [0, null])
  const full = spawnSync(process.execPath, [COMMAND, 'schema'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  })
  t.match(full, { status: 1, stderr: /^dialsip: the output could not be written: ENOSPC/ })
})

t.test('words are coloured for a person at a terminal only', async (t) => {
  const paint = (isTTY: boolean, env: Record<string, string>) =>
    painter({ write: () => true, isTTY }, { env } as unknown as Io)('red', 'x')
  t.match(paint(true, {}), /^\x1b\[31mx/)
  t.equal(paint(true, { NO_COLOR: '1' }), 'x')
  t.equal(paint(false, {}), 'x')
})

/** What would clear the screen, go on in a line of its own, turn the text around, and end a call in a title. */
const EVIL = '\x1b[2J\r\nok\u009b31m\x7f\u202e\u2028'
const SHOWN = '\\u001b[2J\\r\\nok\\u009b31m\\u007f\\u202e\\u2028'
const UNSEEN = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

t.test('a foreign value is shown and never obeyed by a terminal', async (t) => {
  const yaml = (say: string) => `${CONFIG}  - to: "+15551230002"
    name: second
    rules: [{ if: { params: { CallerName: "x*" } }, reject: busy }, { say: "${say}" }]
tests: [{ name: "title${SHOWN}", call: { to: "+15551230002" }, expect: { reason: "${SHOWN}" } }]
`
  const folder = t.testdir({
    'file.yaml': yaml('hello'),
    'other.yaml': yaml(`bye ${SHOWN}`),
    'broken.yaml': `${CONFIG}  - { to: "+15551230003", dial: "none${SHOWN}" }\n`,
  })
  const [file, other, broken] = ['file', 'other', 'broken'].map((name) => join(folder, `${name}.yaml`)) as [
    string,
    string,
    string,
  ]
  const base = ['explain', '-c', file, '--to', '+15551230002']
  const explained = [...base, '--from', `sip:x${EVIL}@x.example`, '--param', `CallerName=${EVIL}`]
  const lines: string[][] = [
    explained,
    [...explained, '--json'],
    [...base, '--outcome', `${EVIL}=503`],
    ...['pretty', 'json', 'github'].map((format) => ['check', broken, '--format', format]),
    ['explain', '-c', broken, '--to', '+15551230002'],
    ...['pretty', 'tap', 'junit'].map((reporter) => ['test', file, '--reporter', reporter]),
    ['diff', file, other],
    ['diff', file, other, '--json'],
    ['diff', file, other, '--markdown'],
    [
      'call',
      '-c',
      file,
      '--to',
      `sip:a${EVIL}@a.example.com`,
      '--from',
      `x${EVIL}`,
      '--dial',
      'a',
      '--dry-run',
    ],
  ]
  for (const args of lines) {
    const { stdout, stderr } = await run(...args)
    t.notOk(UNSEEN.test(stdout + stderr), args[0]!)
    t.ok((stdout + stderr).includes(SHOWN), args[0]!)
  }
  const { stdout } = await run(...explained, '--json')
  t.equal(JSON.parse(stdout).rules[0].failed.saw, `CallerName=${EVIL}`, 'JSON reads back as it was')
  t.match(await run('check\x1b[2J'), { code: 2, stderr: 'there is no command "check\\u001b[2J"' })
})

t.test('wrong use is said', async (t) => {
  t.match(await run('nothing'), { code: 2, stderr: /there is no command "nothing"/ })
  t.match(await run('check', 'a.yaml', 'b.yaml'), { code: 2, stderr: /check takes one config/ })
  t.match(await run('check', '--nothing'), { code: 2, stderr: /--nothing.*see dialsip check --help/s })
})
