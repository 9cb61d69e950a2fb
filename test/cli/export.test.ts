import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { functionFiles, tooLarge } from '../../bin/function-folder.js'
import { HEAD, TOKEN, webhook } from '../harness/build.js'
import { actionOf } from '../harness/callback-urls.js'
import { bundled } from '../harness/function-bundle.js'
import { runIn } from '../harness/run.js'
import { built, folderOf, post, SERVED } from '../harness/serving.js'
import { runFunctions } from '../harness/twilio-runtime.js'

await bundled()
// what functions log is none of this test's output
Object.assign(console, { info: () => {}, error: () => {} })

const ROUTES = `
endpoints:
  a: { uri: "sip:{{To}}@a.example.com", username: u, password: "\${A_PASSWORD}" }
  b: { uri: "sip:{{To}}@b.example.com" }
routes:
  - { name: main, to: "+15551230001", dial: [a, b], otherwise: { say: sorry } }
`

const PASSWORD = 's3cret-of-a'

/** An export of a config, without any secret in the environment. */
function exporting(t: Test, yaml: string, env: Record<string, string> = {}) {
  const folder = folderOf(t)
  const [file, out] = [join(folder, 'dialsip.yaml'), join(folder, 'out')]
  writeFileSync(file, yaml)
  const command = (...more: string[]) => runIn(env)('export', 'function', file, ...more)
  return { file, out, command, write: (...more: string[]) => command('--out', out, ...more) }
}

t.test('a folder for the serverless toolkit comes out, without secrets', async (t) => {
  const { out, write } = exporting(t, HEAD + ROUTES, { A_PASSWORD: PASSWORD })
  const { code, stdout } = await write()
  t.equal(code, 0)
  t.match(stdout, /^\S+out: 14 files of revision [0-9a-f]{12}; \S+README\.md says how/)
  const pages = ['dialed', 'recorded', 'recording', 'refer', 'revision', 'screen', 'status', 'voice']
  t.same(
    readdirSync(join(out, 'functions')),
    pages.map((page) => `${page}.protected.js`),
  )
  t.same(readdirSync(join(out, 'assets')), ['config.private.json', 'engine.private.js'])
  t.equal(readFileSync(join(out, '.env.example'), 'utf8'), 'A_PASSWORD=\n')
  for (const path of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (!/\.\w+$/.test(path)) continue
    const text = readFileSync(join(out, path), 'utf8')
    t.notOk(text.includes(PASSWORD) || text.includes(TOKEN), path)
  }
  t.match(readFileSync(join(out, 'README.md'), 'utf8'), /voiceFallbackUrl: https:.*\/voice/)
  const { scripts } = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8'))
  t.match(scripts.deploy, /^twilio-run deploy /)
})

t.test('a config without secrets says so', async (t) => {
  const { out, write } = exporting(
    t,
    `${HEAD}\nroutes: [{ to: "+15551230001", dial: "sip:a@a.example.com" }]`,
  )
  t.equal((await write()).code, 0)
  t.match(readFileSync(join(out, 'README.md'), 'utf8'), 'No secret is in this folder, and none is needed.')
})

t.test('files of others are not overwritten', async (t) => {
  const { out, file, write } = exporting(t, HEAD + ROUTES)
  await write()
  writeFileSync(file, `${HEAD + ROUTES}# another revision\n`)
  t.equal((await write()).code, 0, 'its own files are')
  writeFileSync(join(out, 'package.json'), '{}')
  rmSync(join(out, 'README.md'))
  const { code, stderr } = await write()
  t.equal(code, 1)
  t.match(stderr, /has files that are not of this command: package\.json; --force overwrites them\n$/)
  t.notOk(existsSync(join(out, 'README.md')), 'nothing is written then')
  t.equal((await write('--force')).code, 0)
  writeFileSync(join(out, '.dialsip-export.json'), 'broken')
  writeFileSync(file, HEAD + ROUTES)
  t.match((await write()).stderr, /config\.private\.json/)
})

t.test('what cannot be exported is said', async (t) => {
  t.match(
    (await exporting(t, HEAD + ROUTES.replace('${A_PASSWORD}', 'hunter22')).write()).stderr,
    'a secret is written into the config',
  )
  t.match(
    (await exporting(t, HEAD + ROUTES.replace('${A_PASSWORD}', 'abc')).write()).stderr,
    'a secret is written into the config',
  )
  const twice = HEAD + ROUTES.replace('say: sorry', 'say: "${A_PASSWORD}"')
  t.match(
    (await exporting(t, twice, { A_PASSWORD: PASSWORD }).write()).stderr,
    'A_PASSWORD is a secret, and the config also has',
  )
  t.match((await exporting(t, twice).write()).stderr, 'A_PASSWORD is not set')
  const { command, write, out, file } = exporting(t, HEAD + ROUTES)
  t.match(await runIn({})('export', file, '--out', out), { code: 2, stderr: /expected: export function/ })
  t.match(await command(), { code: 2, stderr: /give one of --out DIR and --check URL/ })
  writeFileSync(out, 'a file')
  t.match(await write(), { code: 2, stderr: /out cannot be written: / })
})

t.test('what Twilio would refuse for its size is not written', (t) => {
  const source = { packed: '[]', engine: '', revision: 'r', version: 'v' }
  t.equal(tooLarge(functionFiles(source)), undefined)
  const large = functionFiles({ ...source, packed: `["${'x'.repeat(25_000_000)}"]` })
  t.match(
    tooLarge(large),
    /^assets\/config\.private\.json would have 250000\d\d bytes; Twilio takes 25000000 for an asset/,
  )
  t.end()
})

t.test('a config that is too large leaves no file', async (t) => {
  const said = Array.from({ length: 420 }, (_, at) => `{ say: "${at}${'x'.repeat(60_000)}" }`)
  const { out, write } = exporting(
    t,
    `${HEAD}\nroutes: [{ to: "+15551230001", action: long }]\nactions: { long: [${said.join(', ')}] }`,
  )
  t.match(await write(), { code: 1, stderr: /Twilio takes 25000000 for an asset/ })
  t.notOk(existsSync(out))
})

t.test('the function carries on a call whose server is killed', async (t) => {
  const { out, file, write } = exporting(t, SERVED + ROUTES)
  const server = await built(t, file, { env: { A_PASSWORD: PASSWORD } })
  t.equal((await write()).code, 0)
  const functions = await runFunctions(t, out, { A_PASSWORD: PASSWORD })
  const ring = await post(server.address, '/voice', webhook())
  t.match(ring.body, '@a.example.com')
  const action = actionOf(ring)
  server.child.kill('SIGKILL')
  await once(server.child, 'exit')
  const lost = webhook({ DialCallStatus: 'failed', DialSipResponseCode: '503' })
  await t.rejects(post(server.address, action, lost), 'the server is gone')
  const fallback = { ErrorCode: '11205', ErrorUrl: `https://voice.example.com${action}` }
  const next = await send(functions, '/voice', { ...lost, ...fallback })
  t.match(next, '>sip:+15551230001@b.example.com</Sip>')
  t.match(next, `action="${functions}/dialed?`)
  const path = /action="http:\/\/[^/]*([^"]*)"/.exec(next)![1]!.replaceAll('&amp;', '&')
  t.match(await send(functions, path, webhook({ DialCallStatus: 'busy' })), '<Say>sorry</Say>')
  t.match(await send(functions, '/voice', { ...webhook(), ...fallback }), '<Say>sorry</Say>', 'nobody twice')
  t.match(await send(functions, '/voice', webhook()), `password="${PASSWORD}"`, 'a new call')
})

async function send(address: string, target: string, params: Record<string, string>): Promise<string> {
  const response = await fetch(address + target, { method: 'POST', body: new URLSearchParams(params) })
  return response.text()
}

t.test('--check compares what is deployed with the config', async (t) => {
  const { out, file, write, command } = exporting(t, HEAD + ROUTES.replace('@b.', '@${B_HOST}.'), {
    TOKEN,
    B_HOST: 'b',
  })
  await write()
  const url = await runFunctions(t, out, {})
  t.match(await command('--check', url), { code: 0, stdout: /: revision [0-9a-f]{12}, as the config\n$/ })
  const other = runIn({ TOKEN, B_HOST: 'c' })
  t.match(await other('export', 'function', file, '--check', `${url}/voice`), {
    code: 1,
    stdout: /the same config, with other values/,
  })
  writeFileSync(file, `${readFileSync(file, 'utf8')}# another\n`)
  t.match(await command('--check', url), {
    code: 1,
    stdout: /: revision [0-9a-f]{12} by dialsip \S+; the config is revision /,
  })
  t.match(await runIn({ B_HOST: 'b' })('export', 'function', file, '--check', url), {
    code: 2,
    stderr: /has no credentials; set TOKEN/,
  })
  t.match(await command('--check', url, '--account', 'other'), {
    code: 2,
    stderr: /no account is called "other"/,
  })
  t.match(await command('--check', 'nowhere'), { code: 2, stderr: /"nowhere" is not the URL of a function/ })
})

t.test('--check asks with a signature and says what is in its way', async (t) => {
  const { command } = exporting(t, HEAD + ROUTES, { TOKEN })
  const signatures: unknown[] = []
  const server = createServer(({ headers }, response) => {
    signatures.push(headers['x-twilio-signature'])
    response.writeHead(signatures.length === 1 ? 400 : 200).end(signatures.length === 3 ? 'x' : '{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.match(await command('--check', url), { code: 1, stderr: /answers 400: is a function of dialsip there/ })
  t.match(signatures[0], /^[\w+/]{27}=$/)
  t.match(await command('--check', url), { code: 1, stderr: /answers 200: is a function/ })
  t.match(await command('--check', url), { code: 1, stderr: /gives no answer: .*JSON/ })
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  t.match(await command('--check', url), { code: 1, stderr: /gives no answer: \S/ })
})
