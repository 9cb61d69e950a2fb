import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { main } from '../../bin/main.js'
import { type Ran, run, runIn } from '../harness/run.js'

const CONFIG = `
publicUrl: https://voice.example.com
accounts: [{ sid: ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, authTokens: ["\${TOKEN}"] }]
routes: [{ to: "+15551230001", dial: sip:jack@example.com, otherwise: { say: sorry } }]
`

async function commands(): Promise<string[]> {
  const names = [...(await run()).stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name!)
  t.ok(names.length >= 12)
  return names
}

/** Runs a command line in this folder. */
async function runFrom(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const home = process.cwd()
  process.chdir(cwd)
  try {
    return await runIn(env)(...args)
  } finally {
    process.chdir(home)
  }
}

t.test('every help fits a terminal and has an example', async (t) => {
  const texts: [string, string][] = [['dialsip', (await run()).stdout]]
  for (const name of await commands()) texts.push([name, (await run(name, '--help')).stdout])
  for (const [name, text] of texts) {
    const tooLong = text.split('\n').filter((line) => line.length > 80)
    t.same(tooLong, [], `${name} fits 80 columns`)
    t.match(text, /\n {2}([a-z]+ [^-\n].*)?dialsip \S/, `${name} has an example`)
  }
})

t.test('help of a command is its --help', async (t) => {
  for (const name of await commands()) {
    const { code, stdout } = await run('help', name)
    t.equal(code, 0)
    t.match(stdout, new RegExp(`^dialsip ${name}`))
    for (const flag of ['--help', '-h']) t.equal((await run(name, flag)).stdout, stdout)
  }
  for (const word of ['--help', '-h']) t.equal((await run(word)).stdout, (await run('help')).stdout)
  t.match(await run('check', '--', '--help'), { code: 1, stderr: /--help does not exist/ })
})

t.test('the version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const name of ['version', '--version', '-v'])
    t.match(await run(name), { code: 0, stdout: new RegExp(`^${version.replaceAll('.', '\\.')}\n$`) })
})

t.test('a mistyped command or option is understood', async (t) => {
  t.match(await run('chek'), { code: 2, stderr: 'there is no command "chek"; did you mean "check"?' })
  t.match(await run('--port', '3'), { code: 2, stderr: '"--port" is an option, and a command comes first' })
  t.match(await run('help', 'sevre'), { code: 2, stderr: 'did you mean "serve"?' })
  t.match(await run('xyz'), { code: 2, stderr: 'there is no command "xyz"; dialsip --help lists them' })
  t.match(await run('explain', '--form', '+15551230001'), {
    code: 2,
    stderr: 'there is no option "--form"; did you mean "--from"; see dialsip explain --help',
  })
  t.match(await run('check', '--xyzzy'), {
    code: 2,
    stderr: 'there is no option "--xyzzy"; see dialsip check --help',
  })
  t.match(await run('check', '--strict=yes'), {
    code: 2,
    stderr: "Option '--strict' does not take an argument; see",
  })
  t.match(await run('check', '--config'), {
    code: 2,
    stderr: /^dialsip: -c, --config needs a value; see dialsip check --help/,
  })
  t.match(await run('call', '--send-digit', '1'), { code: 2, stderr: 'did you mean "--send-digits"' })
})

/** A folder with a config at each of these paths, `publicUrl` saying which it is. */
function folderWith(t: Test, ...paths: string[]): string {
  const tree: Record<string, unknown> = {}
  for (const path of paths) {
    const [name, folder] = path.split('/').reverse() as [string, string | undefined]
    const text = CONFIG.replace('+15551230001', `+1555123000${paths.indexOf(path) + 1}`)
    if (folder === undefined) tree[name] = text
    else tree[folder] = { [name]: text }
  }
  return t.testdir(tree as Parameters<Test['testdir']>[0])
}

t.test('the config is the argument, -c, the variable or a default, in this order', async (t) => {
  const all = ['argument.yaml', 'option.yaml', 'variable.yaml', 'dialsip.yaml', 'config/dialsip.yaml']
  const cwd = folderWith(t, ...all)
  const env = { DIALSIP_CONFIG: 'variable.yaml' }
  const found = async (args: string[], variables = {}) =>
    (await runFrom(cwd, ['check', ...args], variables)).stdout
  t.match(await found(['argument.yaml', '-c', 'option.yaml'], env), /^argument\.yaml: ok/)
  t.match(await found(['-c', 'option.yaml'], env), /^option\.yaml: ok/)
  t.match(await found([], env), /^variable\.yaml: ok/)
  t.match(await found([]), /^dialsip\.yaml: ok/)
  const other = folderWith(t, 'config/dialsip.yaml')
  t.match((await runFrom(other, ['check'])).stdout, /^config\/dialsip\.yaml: ok/)
})

t.test('every command that reads a config takes it as argument and by -c', async (t) => {
  const cwd = folderWith(t, 'mine.yaml')
  const env = { TOKEN: 'a-token-of-tests' }
  const lines = [
    ['check'],
    ['explain', '--to', '+15551230001'],
    ['allowlist'],
    ['call', '--to', 'sip:a@b.example.com', '--from', 'x', '--route', '+15551230001', '--dry-run'],
  ]
  for (const [name, ...rest] of lines as [string, ...string[]][]) {
    const byArgument = await runFrom(cwd, [name, 'mine.yaml', ...rest], env)
    t.equal(byArgument.code, 0, name)
    t.equal((await runFrom(cwd, [name, '-c', 'mine.yaml', ...rest], env)).code, 0, name)
    t.match(await runFrom(cwd, [name, 'mine.yaml', 'other.yaml', ...rest], env), {
      code: 2,
      stderr: `${name} takes one config`,
    })
  }
  for (const name of ['serve', 'numbers'])
    t.match(await runFrom(cwd, [name, 'a.yaml', 'b.yaml']), { code: 2, stderr: `${name} takes one config` })
})

t.test('where there is no config, the error says what was looked for and what is there', async (t) => {
  const some = t.testdir({ 'voice.yaml': '', config: { 'other.yml': '' }, 'notes.txt': '' })
  t.match(await runFrom(some, ['serve']), {
    code: 2,
    stderr:
      'no config: looked for dialsip.yaml and config/dialsip.yaml, and DIALSIP_CONFIG is not set; this folder has voice.yaml; config has other.yml; name a FILE, or write one with dialsip init',
  })
  const none = t.testdir({})
  t.match(await runFrom(none, ['check']), { code: 2, stderr: 'this folder has no .yaml file; name a FILE' })
})

t.test('a config that does not exist leads to those that do', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`c${at}.yaml`, '']))
  const cwd = t.testdir({ 'voice.yaml': '', many, file: '' })
  t.match(await runFrom(cwd, ['check', 'voce.yaml']), {
    code: 1,
    stdout: 'error[file-unreadable]',
    stderr: 'voce.yaml does not exist; this folder has voice.yaml',
  })
  t.match((await runFrom(cwd, ['check', 'many/x.yaml'])).stderr, 'many has c0.yaml, c1.yaml')
  t.match((await runFrom(cwd, ['check', 'many/x.yaml'])).stderr, ', … (9 in all)')
  t.match((await runFrom(cwd, ['check', 'file/x.yaml'])).stderr, 'file is not a readable folder')
})

t.test('a bug is not called wrong use', async (t) => {
  const bug = () => {
    throw new Error('a bug')
  }
  await t.rejects(main(['schema'], { stdout: { write: bug }, stderr: { write: bug }, env: {} }), {
    message: 'a bug',
  })
})
