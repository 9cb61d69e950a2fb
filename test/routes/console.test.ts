import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { consoleFiles } from '../../bin/console-files.js'
import { CONSOLE_PAGES, type ConsoleFiles } from '../../routes/admin/console.js'
import { adminApp } from '../../routes/admin-app.js'
import { createService } from '../../routes/service.js'
import { configOf } from '../harness/build.js'

const CONFIG = configOf(`
admin: { tokens: [a-token-of-the-console] }
routes: [{ to: "+15551230001", reject: busy }]
`)

const FILES = new Map(
  Object.entries({
    'index.html': '<!doctype html><script src="/console.js">',
    'console.js': 'alert(1)',
    'assets/style.css': 'p {}',
    'logo.svg': '<svg/>',
    'console.js.map': '{}',
  }).map(([name, text]) => [name, Buffer.from(text)]),
)

function consoleOf(files?: ConsoleFiles) {
  const service = createService(CONFIG, pino({ level: 'silent' }))
  const app = adminApp(service, () => ({ ready: true, why: 'ok' }), { ...(files && { consoleFiles: files }) })
  t.teardown(() => app.close())
  return app
}

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

t.test('the files of the console are served without a token, and nothing else', async (t) => {
  const app = consoleOf(FILES)
  for (const url of CONSOLE_PAGES) {
    const reply = await app.inject(url)
    t.equal(reply.statusCode, 200, url)
    t.equal(reply.body, String(FILES.get('index.html')))
    t.match(reply.headers, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': CSP,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    })
  }
  const typeOf = async (url: string) => (await app.inject(url)).headers['content-type']
  t.equal(await typeOf('/console.js'), 'text/javascript; charset=utf-8')
  t.equal(await typeOf('/assets/style.css'), 'text/css; charset=utf-8')
  t.equal(await typeOf('/logo.svg'), 'image/svg+xml')
  for (const url of ['/console.js.map', '/index.html', '/assets/', '/api/config', '/metrics', '/routes/main'])
    t.equal((await app.inject(url)).statusCode, 401, url)
  t.equal((await app.inject({ method: 'POST', url: '/' })).statusCode, 401)
})

t.test('an unknown address is a 404 in JSON', async (t) => {
  const headers = { authorization: 'Bearer a-token-of-the-console' }
  const reply = await consoleOf(FILES).inject({ url: '/nothing', headers })
  t.same([reply.statusCode, reply.json()], [404, { error: 'there is no GET /nothing' }])
})

t.test('a file that the browser has is not sent again', async (t) => {
  const app = consoleOf(FILES)
  const { etag } = (await app.inject('/console.js')).headers
  const reply = await app.inject({ url: '/console.js', headers: { 'if-none-match': etag! } })
  t.same([reply.statusCode, reply.body, reply.headers.etag], [304, '', etag])
  const page = await app.inject({ url: '/', headers: { 'if-none-match': etag! } })
  t.equal(page.statusCode, 200)
})

t.test('the pages of other sites get no file of the console', async (t) => {
  const app = consoleOf(FILES)
  const others = [
    { host: 'evil.example' },
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
  ]
  for (const headers of others)
    for (const url of ['/', '/console.js']) t.equal((await app.inject({ url, headers })).statusCode, 403)
})

t.test('a console that was not built says how to build it', async (t) => {
  for (const files of [undefined, new Map()]) {
    const reply = await consoleOf(files).inject('/calls')
    t.equal(reply.statusCode, 404)
    t.match(reply.body, 'npm run build')
    t.equal(reply.headers['content-security-policy'], CSP)
  }
})

t.test('the files are read from the folder that the build makes', async (t) => {
  const folder = t.testdir({ 'index.html': 'page' })
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'style.css'), 'p {}')
  t.same([...consoleFiles(folder)].map(([name, body]) => [name, String(body)]).sort(), [
    ['assets/style.css', 'p {}'],
    ['index.html', 'page'],
  ])
  t.equal(consoleFiles(join(folder, 'none')).size, 0)
})
