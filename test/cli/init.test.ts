import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { main } from '../../bin/main.js'
import { run } from '../harness/run.js'

const COMMAND = resolve('dist/bin/dialsip.js')
const RIGHT = [
  '--public-url',
  'https://voice.acme.example',
  '--number',
  '+12025550100',
  '--sip-uri',
  'sip:jack@pbx.acme.example',
]

function outIn(t: Test): string {
  return join(t.testdir({}), 'dialsip.yaml')
}

/** Runs init at a terminal where a person writes these lines, each when it is asked for. */
async function answering(lines: readonly string[], ...args: string[]) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  const left = [...lines]
  let asked = ''
  const stderr = {
    write(text: string) {
      asked += text
      if (!text.endsWith(': ')) return
      const line = left.shift()
      if (line === undefined) stdin.end()
      else stdin.write(`${line}\n`)
    },
  }
  const code = await main(['init', ...args], { stdin, stdout: { write: () => true }, stderr, env: {} })
  return { code, asked }
}

t.test('from an empty folder to the first TwiML, without an account', async (t) => {
  const { PATH, NODE_OPTIONS, COVERAGE_FOLDER } = process.env
  const cwd = t.testdir({})
  const here = process.cwd()
  t.teardown(() => process.chdir(here))
  const written = spawnSync(process.execPath, [COMMAND, 'init', ...RIGHT], {
    cwd,
    env: { PATH, NODE_OPTIONS, COVERAGE_FOLDER },
    encoding: 'utf8',
    input: '',
  })
  t.match(written, { status: 0, stdout: '', stderr: 'dialsip.yaml is written. What now:' })
  t.match(written.stderr, 'https://voice.acme.example/voice')
  process.chdir(cwd)
  t.match(await run('check', '--strict'), { code: 0, stdout: 'dialsip.yaml: ok, 1 route, 1 endpoint' })
  t.match(await run('test'), { code: 0 })
  t.match(await run('try', '--to', '+12025550100', '--outcome', 'pbx=486'), {
    code: 0,
    stdout: /rings pbx, sip:jack@pbx\.acme\.example\n.*busy \(486\)\n\/dialed {4}says "Nobody can/s,
    stderr: '',
  })
  t.match(await run('numbers'), {
    code: 2,
    stderr: 'the account has no credentials; set TWILIO_ACCOUNT_SID and set TWILIO_AUTH_TOKEN\n',
  })
})

t.test('what is missing or wrong is said at once where nobody can be asked', async (t) => {
  const out = outIn(t)
  t.match(await run('init', '--out', out), {
    code: 2,
    stderr: /--public-url is missing.*--number is missing.*--sip-uri is missing/s,
  })
  const wrong = ['--public-url', 'acme', '--number', '0301234567', '--sip-uri', 'jack']
  t.match(await run('init', '--out', out, ...wrong), {
    code: 2,
    stderr:
      /--public-url: "acme" is not a URL.*--number: "0301234567" is not.*--sip-uri: .*; write sip:jack; see/s,
  })
  t.match(await run('init', '--out', out, ...RIGHT.slice(0, 2), '--number', '+4930*'), {
    code: 2,
    stderr: /--number: "\+4930\*" is a pattern of numbers.*--sip-uri is missing/s,
  })
  t.notOk(existsSync(out))
})

t.test('a warning is shown and stops nothing', async (t) => {
  const out = outIn(t)
  const { code, stderr } = await run(
    'init',
    '-o',
    out,
    ...RIGHT.slice(0, 4),
    '--sip-uri',
    'sip:jack@192.168.0.4',
  )
  t.equal(code, 0)
  t.match(stderr, /--sip-uri: "192\.168\.0\.4" is a private or loopback host.*What now/s)
})

t.test('no file is written over without --force', async (t) => {
  const folder = t.testdir({ 'mine.yaml': 'mine\n' })
  const out = join(folder, 'mine.yaml')
  t.match(await run('init', '-o', out, ...RIGHT), {
    code: 2,
    stderr: `${out} exists; --force writes over it`,
  })
  t.match(
    await answering([], '-o', out),
    { code: 2, asked: /^dialsip: \S+ exists/ },
    'before anything is asked',
  )
  t.equal(readFileSync(out, 'utf8'), 'mine\n')
  t.match(await run('init', '-o', out, '-f', ...RIGHT), { code: 0, stderr: `try ${out} --to` })
  t.match(readFileSync(out, 'utf8'), 'publicUrl: "https://voice.acme.example"')
  t.match(await run('init', '-o', join(folder, 'none', 'x.yaml'), ...RIGHT), {
    code: 2,
    stderr: 'cannot be written: ENOENT',
  })
})

t.test('the config goes to stdout as well', async (t) => {
  const { code, stdout, stderr } = await run('init', '--out', '-', ...RIGHT)
  t.equal(code, 0)
  t.match(stdout, '    uri: "sip:jack@pbx.acme.example"\n')
  t.match(stderr, /^What now:.* try FILE --to/s)
})

t.test('each question is asked until its answer is right', async (t) => {
  const out = outIn(t)
  const { code, asked } = await answering(
    [
      '',
      '',
      '0301234567',
      '+4930*',
      '+4930123456',
      'http://x',
      'sip:jack@10.0.0.1',
      'sip:jack@10.0.0.2',
      'sip:jack@10.0.0.2',
    ],
    '-o',
    out,
  )
  t.equal(code, 0)
  t.match(asked, 'The public URL that Twilio will call [https://voice.example.com]: Your number')
  t.match(asked, /"0301234567" is not in E\.164 form.*\n.*Your number.*pattern of numbers.*\n.*Your number/s)
  t.match(asked, /the same answer again is taken all the same\nWhere its calls ring/)
  t.match(readFileSync(out, 'utf8'), /voice\.example\.com.*jack@10\.0\.0\.2.*\+4930123456/s)
})

t.test('only what is not given is asked', async (t) => {
  const out = outIn(t)
  const { code, asked } = await answering(
    ['+12025550100'],
    '-o',
    out,
    '--public-url',
    'https://a.example.com',
    '--sip-uri',
    'sip:a@b.example.com',
  )
  t.equal(code, 0)
  t.match(asked, /^Your number at Twilio, such as \+12025550100: \S+ is written/)
})

t.test('leaving the questions writes no config', async (t) => {
  const out = outIn(t)
  t.match(await answering(['https://a.example.com'], '-o', out), {
    code: 2,
    asked: /dialsip: nothing is written\n$/,
  })
  t.notOk(existsSync(out))
})
