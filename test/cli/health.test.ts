import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSilent } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { health } from '../../bin/commands/health.js'
import { run, runIn } from '../harness/run.js'
import { serving } from '../harness/serving.js'

/** Something that listens on loopback; its port. */
async function listening(t: Test, answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Answers with the path that it was asked for, and 200 only to `/livez`. */
const livingOnly: RequestListener = ({ url }, reply) => reply.writeHead(url === '/livez' ? 200 : 503).end()

t.test('a server that answers is healthy and ready', async (t) => {
  const { address } = await serving(t, 'routes: []\n')
  t.match(await run('health', '--url', address), {
    code: 0,
    stdout: `${address}/livez answers\n`,
    stderr: '',
  })
  t.match(await run('health', '--url', address, '--ready'), {
    code: 0,
    stdout: `${address}/readyz answers\n`,
  })
})

t.test('the port is the one in the config, however it is written', async (t) => {
  const port = await listening(t, livingOnly)
  const forms = [
    `listen: 127.0.0.1:${port}`,
    `listen: "0.0.0.0:${port}" # all of them`,
    `listen: ':${port}'`,
    'listen: 127.0.0.1:${PORT}',
    `listen: localhost:\${NOTHING:-${port}}`,
  ]
  const healthy = runIn({ PORT: String(port) })
  for (const form of forms) {
    const file = join(
      t.testdir({ 'dialsip.yaml': `admin:\n  listen: 127.0.0.1:9\n${form}\nroutes: [` }),
      'dialsip.yaml',
    )
    t.equal((await healthy('health', file)).code, 0, form)
  }
})

t.test('a server that answers otherwise, or not at all, is not healthy, with the reason', async (t) => {
  const port = await listening(t, livingOnly)
  const url = `http://127.0.0.1:${port}`
  t.match(await run('health', '--ready', '--url', url), {
    code: 1,
    stderr: `dialsip: ${url}/readyz answers 503\n`,
  })
  const silent = createSilent().listen(0, '127.0.0.1')
  t.teardown(() => silent.close())
  await once(silent, 'listening')
  const held = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  silent.on('connection', (socket) => t.teardown(() => socket.destroy()))
  t.match(await run('health', '--url', held), { code: 1, stderr: /: nothing within 2 s\n$/ })
  silent.close()
  const refused = await run('health', '--url', 'http://127.0.0.1:1')
  t.match(refused, {
    code: 1,
    stderr: /^dialsip: no answer from http:\/\/127\.0\.0\.1:1\/livez: connect ECONNREFUSED/,
  })
})

t.test('without listen, or without a file, it asks port 8080 of this machine', async (t) => {
  const file = join(t.testdir({ 'dialsip.yaml': 'routes: []\n' }), 'dialsip.yaml')
  const asked = async (name: string) => {
    const { stdout, stderr } = await run('health', name)
    return `${stdout}${stderr}`
  }
  t.match(await asked(file), 'http://127.0.0.1:8080/livez')
  t.match(await asked(`${file}.gone`), 'http://127.0.0.1:8080/livez')
  writeFileSync(file, 'listen: ${NOTHING}\n')
  t.match(await asked(file), 'http://127.0.0.1:8080/livez')
})

t.test('IPv6 is asked at its own loopback', async (t) => {
  const file = join(t.testdir({ 'dialsip.yaml': 'listen: "[::]:1"\n' }), 'dialsip.yaml')
  t.match((await run('health', file)).stderr, 'http://[::1]:1/livez')
})

t.test('a text that is not a URL is wrong use', async (t) => {
  t.match(await run('health', '--url', 'localhost:8080'), {
    code: 2,
    stderr: /"localhost:8080" is not the URL of a server/,
  })
  t.match(await run('health', 'a', 'b'), { code: 2, stderr: /health takes one config/ })
  t.match(health.help, '--ready')
})

t.test('the log says where the server listens as the config has it', async (t) => {
  const { lines, address } = await serving(t, 'routes: []\n')
  t.match(lines, [{ msg: 'listening', address }])
  const all = await serving(t, 'routes: []\n', { listen: '0.0.0.0:0' })
  const port = new URL(all.address).port
  t.match(all.lines, [{ msg: 'listening', address: `http://0.0.0.0:${port}` }])
  const six = await serving(t, 'routes: []\n', { listen: '"[::1]:0"' })
  t.match(six.lines, [{ msg: 'listening', address: /^http:\/\/\[::1\]:\d+$/ }])
})
