import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { startTwilioApi } from '../harness/twilio-api.js'

// What is given away: the files of a release, and what the image holds.

const MAIN = `AC${'a'.repeat(32)}`
const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

/** By place, as in `node_modules/a/node_modules/b`. */
const locked: Readonly<Record<string, { readonly version: string; readonly dev?: true }>> = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
).packages

/** Those that are really there: an optional package may be for another machine. */
const PRODUCTION = Object.keys(locked).filter(
  (place) => place !== '' && !locked[place]!.dev && existsSync(place),
)

const work = mkdtempSync(join(tmpdir(), 'dialsip-package-'))
t.teardown(() => rmSync(work, { recursive: true, force: true }))
const out = join(work, 'release')

function release(tag: string, folder: string, cwd = '.') {
  const script = resolve('dist/scripts/release.js')
  return spawnSync(process.execPath, [script, tag, folder, '--dry-run'], { cwd, encoding: 'utf8' })
}

t.test('a release consists of notes, SBOM and package, made without a network', (t) => {
  const { status, stderr } = release(`v${version}`, out)
  t.equal(status, 0, stderr)
  t.same(readdirSync(out).sort(), [`dialsip-${version}.tgz`, 'dialsip.cdx.json', 'notes.md'])
  t.match(readFileSync(join(out, 'notes.md'), 'utf8'), /^- \[\w+\] /m)
  t.end()
})

t.test('a tag that is not the version, or has no notes, releases nothing', (t) => {
  t.match(release('v0.0.0', out), {
    status: 1,
    stderr: `the tag is v0.0.0, and package.json has version ${version}`,
  })
  const folder = t.testdir({
    'package.json': '{"version":"1.2.3"}',
    'CHANGELOG.md': '# Changelog\n\n## 1.2.30\n',
  })
  t.match(release('v1.2.3', out, folder), { status: 1, stderr: 'CHANGELOG.md has no section "## 1.2.3"' })
  t.end()
})

t.test('the SBOM names each package that is installed for production, and no other', (t) => {
  const { components, metadata } = JSON.parse(readFileSync(join(out, 'dialsip.cdx.json'), 'utf8'))
  const named = components.map((one: { purl: string }) => one.purl)
  const purls = PRODUCTION.map((place) => {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
    return `pkg:npm/${name.replace('@', '%40')}@${locked[place]!.version}`
  })
  t.same([...new Set(named)].sort(), [...new Set(purls)].sort())
  t.match(metadata.component, { name: 'dialsip', version })
  t.end()
})

/** The package as `npm install dialsip` or the image has it: packed, next to its packages without what nothing reads. */
function installed(): string {
  const home = join(work, 'home')
  const modules = join(home, 'node_modules')
  mkdirSync(home)
  const whole = PRODUCTION.filter((place) => place.lastIndexOf('node_modules/') === 0)
  execFileSync('cp', ['-al', '--parents', ...whole, home])
  execFileSync('sh', ['deploy/prune.sh', modules])
  const own = join(modules, 'dialsip')
  mkdirSync(own)
  execFileSync('tar', ['-xzf', join(out, `dialsip-${version}.tgz`), '-C', own, '--strip-components=1'])
  return own
}

t.test('what is left after pruning runs every command', async (t) => {
  const own = installed()
  const command = join(own, 'dist/bin/dialsip.js')
  const example = join(own, 'config/dialsip.yaml')
  const env = {
    PATH: process.env.PATH,
    TWILIO_AUTH_TOKEN: 'not-a-secret',
    NO_COLOR: '1',
    NODE_V8_COVERAGE: '',
  }
  const start = async (...args: string[]) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: own, env })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more) => (text += more))
    const [code] = await once(child, 'close')
    return `${code} ${text}`
  }
  // its code finds its packages by its place, so it can be run here: a process for each would take most of the time
  const { main }: typeof import('../../bin/main.js') = await import(join(own, 'dist/bin/main.js'))
  const run = async (...args: string[]) => {
    const written: string[] = []
    const output = { write: (text: string) => written.push(text) }
    const code = await main(args, { stdout: output, stderr: output, env })
    return `${code} ${written.join('')}`
  }

  t.test('it is a quarter of what was installed, with its licences', (t) => {
    const kilobytes = Number(
      execFileSync('du', ['-sk', join(own, '..')], { encoding: 'utf8' }).split('\t')[0],
    )
    t.ok(kilobytes < 35_000, `${kilobytes} kB`)
    t.match(readdirSync(join(own, '../twilio')), ['LICENSE'])
    t.notMatch(
      execFileSync('find', [join(own, '..'), '-name', '*.map', '-o', '-name', '*.d.ts'], {
        encoding: 'utf8',
      }),
      /./,
    )
    t.end()
  })

  t.test('commands without a server', async (t) => {
    t.equal(await start('--version'), `0 ${version}\n`)
    const commands = [...(await run()).matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name!)
    t.ok(commands.length > 11)
    for (const name of commands) t.match(await run(name, '--help'), new RegExp(`^0 dialsip ${name}\\b`))
    t.match(await run('check', example), /^0 .*: ok, /s)
    t.match(await run('test', example), /^0 /)
    t.match(await run('schema'), /^0 \{/)
    t.match(await run('demo', '--once', '--port', '0'), /^0 /)
  })

  t.test('every package that the code names is there', (t) => {
    const code = execFileSync('cat', compiledFiles(join(own, 'dist')), { encoding: 'utf8', maxBuffer: 1e8 })
    const found = code.matchAll(/(?:\bfrom |\bimport\(|\brequire\()'((?!node:|\.)[^']+)'/g)
    const names = [...new Set([...found].map(([, name]) => name!))]
    const packages = names.map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0])
    t.same([...new Set(packages)].sort(), Object.keys(dependencies).sort())
    const load = join(own, 'load.mjs')
    const lines = names.map((name) =>
      code.includes(`require('${name}')`)
        ? `createRequire(import.meta.url)('${name}')`
        : `await import('${name}')`,
    )
    writeFileSync(load, `import { createRequire } from 'node:module'\n${lines.join('\n')}\n`)
    t.match(spawnSync(process.execPath, [load], { encoding: 'utf8' }), { status: 0, stderr: '' })
    t.end()
  })

  t.test("Twilio's SDK places calls and lists numbers", async (t) => {
    const twilio = await startTwilioApi([`${MAIN}:not-a-secret`])
    t.teardown(() => twilio.close())
    const file = join(own, 'account.yaml')
    writeFileSync(
      file,
      `publicUrl: https://voice.example.com
accounts: [{ sid: ${MAIN}, authTokens: ["\${TWILIO_AUTH_TOKEN}"] }]
twilio: { apiBaseUrl: "${twilio.url}" }
endpoints: { pbx: { uri: "sip:{{To}}@pbx.example.com" } }
routes: [{ name: berlin, to: "+4930123456*", dial: pbx }]
`,
    )
    t.match(await run('numbers', file), /^[01] /)
    t.match(await run('call', file, '--to', 'alice@pbx', '--from', '+4930123450', '--route', 'berlin'), /CA/)
    const asked = new Set(twilio.received.map(({ path }) => path.split('/').at(-1)))
    t.ok(['Calls.json', 'IncomingPhoneNumbers.json'].every((name) => asked.has(name)))
  })

  t.test("every product of Twilio's API that the code asks for is there", (t) => {
    const code = execFileSync('cat', compiledFiles(join(own, 'dist')), { encoding: 'utf8', maxBuffer: 1e8 })
    const products = new Set([...code.matchAll(/\bclient\.([a-z]+)\.v\d+\.\w+/g)].map(([product]) => product))
    t.ok(products.size >= 5, [...products].join(' '))
    const load = join(own, 'products.cjs')
    writeFileSync(load, `const client = require('twilio')('${MAIN}', 'x')\n${[...products].join('\n')}\n`)
    t.match(spawnSync(process.execPath, [load], { encoding: 'utf8' }), { status: 0, stderr: '' })
    t.end()
  })

  t.test('a server with shared state starts, is healthy and stops', async (t) => {
    const file = join(own, 'served.yaml')
    writeFileSync(
      file,
      `publicUrl: https://voice.example.com
listen: 127.0.0.1:0
admin: off
state: redis://127.0.0.1:1
accounts: [{ sid: ${MAIN}, authTokens: ["\${TWILIO_AUTH_TOKEN}"] }]
endpoints: { pbx: { uri: "sip:{{To}}@pbx.example.com" } }
routes: [{ name: berlin, to: "+4930123456*", dial: pbx, otherwise: { reject: busy } }]
`,
    )
    const child = spawn(process.execPath, [command, 'serve', file], {
      cwd: own,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => child.kill('SIGKILL'))
    t.match(await start('health', '--url', await addressOf(child.stdout)), /^0 http:.*\/livez answers/)
    child.kill('SIGTERM')
    t.same(await once(child, 'exit'), [0, null])
  })
})

async function addressOf(log: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: log })) {
    const { msg, address } = JSON.parse(line)
    if (msg === 'listening') return address
  }
  throw new Error('the server ended before it listened')
}

function compiledFiles(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files.filter((name) => name.endsWith('.js')).map((name) => join(folder, name))
}

t.test('each section of the CHANGELOG comes by kind: what changes first, corrections last', (t) => {
  const kinds = ['CHANGE', 'FEATURE', 'ENHANCEMENT', 'BUGFIX']
  for (const section of readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1)) {
    const found = [...section.matchAll(/^- \[([A-Z]+)\] /gm)].map(([, kind]) => kinds.indexOf(kind!))
    t.same(
      found,
      found.toSorted((a, b) => a - b),
      section.split('\n')[0]!,
    )
    t.notOk(found.includes(-1))
  }
  t.end()
})
