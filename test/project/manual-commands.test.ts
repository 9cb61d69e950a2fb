import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { TOKEN } from '../harness/build.js'
import { blocksOf, type ManualBlock, type ManualCommand, patternOf } from '../harness/manual-blocks.js'
import { MANUAL_PAGES, type ManualPage, withExample } from '../harness/manual-pages.js'
import { folderOf } from '../harness/serving.js'
import { shellDialsip } from '../harness/shell-dialsip.js'

/** What a block may need that a test cannot have, and how it is seen in the block. */
const NEEDS: Readonly<Record<string, RegExp>> = {
  Twilio: /\$?TWILIO_AUTH_TOKEN[="]|dialsip (numbers|call|import)|\/api\/calls|^\$ twilio /m,
  Docker: /docker |cosign |compose/,
  Kubernetes: /kubectl |helm /,
  LiveKit: /^\$ lk /m,
  'a clone': /npm ci/,
  'a cloud': /gcloud /,
  'a registry': /npm install|localhost:3000/,
  'a running server': /diff --running/,
  'a webhook': /dialsip compare --old/,
  'an editor': /\$EDITOR/,
  root: /sudo /,
}

const pages = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .map((page) => ({ page, blocks: blocksOf(readFileSync(page, 'utf8')) }))
const run = pages
  .map(({ page, blocks }) => ({ page, blocks: blocks.filter(({ needs }) => needs === undefined) }))
  .filter(({ blocks }) => blocks.length > 0)

t.test('what is not run says what it needs', async (t) => {
  const marked = pages.flatMap(({ page, blocks }) =>
    blocks.filter(({ needs }) => needs).map((block) => ({ page, ...block })),
  )
  for (const { page, line, needs, text } of marked)
    t.match(text, NEEDS[needs!] ?? /no such reason/, `${page}:${line} ${needs}`)
  t.same(
    Object.keys(NEEDS).filter((reason) => !marked.some(({ needs }) => needs === reason)),
    [],
    'no reason is idle',
  )
  t.same(
    Object.keys(MANUAL_PAGES).filter((page) => !run.some((one) => one.page === page)),
    [],
    'no page is idle',
  )
})

t.test('a page that shows what a command does not print fails', async (t) => {
  const [block] = blocksOf('```console\n$ echo one; echo two\none\n…\n$ echo a \\\n    b\na c\n```\n')
  t.match('one\ntwo\n', patternOf(block!.commands[0]!.shown))
  t.notMatch('two\none\n', patternOf(block!.commands[0]!.shown))
  t.equal(block!.commands[1]!.command, 'echo a \\\n    b')
  t.notMatch('a b\n', patternOf(block!.commands[1]!.shown))
})

process.env.TZ = 'UTC'
for (const { page, blocks } of run)
  t.test(`${page}: commands show what the page shows`, async (t) => {
    const folder = folderOf(t)
    const prepared = await (MANUAL_PAGES[page] ?? withExample)(folder, t)
    const commands = blocks.flatMap(({ commands }) => commands)
    const ran = await runInShell(folder, blocks, prepared)
    t.equal(ran.length, commands.length, 'each is run')
    for (const [at, { command, shown }] of commands.entries()) check(t, command, shown, ran[at]!)
  })

interface Ran {
  readonly code: number
  readonly output: string
}

/** A page shows what comes, or the command works: 1 is an answer, 2 is wrong use. */
function check(t: Test, command: string, shown: ManualCommand['shown'], { code, output }: Ran): void {
  if (shown.join('') === '') t.ok(code < 2, `${command} (exit ${code})`, { output })
  else t.match(withoutPlaces(output), patternOf(shown.map(withoutPlaces)), command)
}

/** Revisions and line numbers change with every line of the example, and are no page's subject. */
function withoutPlaces(text: string): string {
  return text
    .replace(/(?<!\+)\b[0-9a-f]{12}(?:-[0-9a-f]{6})?\b/g, 'REVISION')
    .replace(/(?<=\.yaml:|line=|"line": )\d+/g, 'LINE')
    .replace(/^ +\d+ (?=\|)/gm, 'LINE ')
}

const NEXT = '\u001e'

/** Runs the commands one after the other in one shell, as a reader does, and splits what they write. */
async function runInShell(folder: string, blocks: readonly ManualBlock[], page: ManualPage): Promise<Ran[]> {
  const script = blocks
    .map((block, at) => [takeConfig(block, at, folder), ...block.commands.map(step)].join(''))
    .join('')
  const { server } = page
  const { bin, answer } = shellDialsip(folder)
  const child = spawn('sh', ['-c', server ? atServer(script, server) : script], {
    cwd: folder,
    env: {
      ...variables(folder),
      PATH: `${bin}:${process.env.PATH}`,
      ...(server && { DIALSIP_ADMIN_URL: server.adminAddress }),
      ...page.env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  answer(child)
  const written = await text(child.stdout!)
  const outputs = written.split(NEXT).slice(0, -1)
  return outputs.map((output) => {
    const [, before = '', code = ''] = /^([\s\S]*)\u001f(\d+)$/.exec(output)!
    return { code: Number(code), output: before === '' || before.endsWith('\n') ? before : `${before}\n` }
  })
}

/** A command, then its exit code; `$?` is still that of the command after it. */
function step({ command }: ManualCommand): string {
  return `{ ${command}\n} 2>&1; code=$?; printf '\\037%s\\036' "$code"; (exit "$code")\n`
}

/** The config that the page has shown last is the reader's `dialsip.yaml`. */
function takeConfig({ config }: ManualBlock, at: number, folder: string): string {
  if (config === undefined) return ''
  const head = /^publicUrl:/m.test(config) ? '' : HEAD
  writeFileSync(join(folder, `.shown-${at}.yaml`), head + config)
  return `cp .shown-${at}.yaml dialsip.yaml\n`
}

const HEAD = `publicUrl: https://voice.example.com
accounts: [{ sid: "\${TWILIO_ACCOUNT_SID}", authTokens: ["\${TWILIO_AUTH_TOKEN}"] }]
`

/** The server of the test in place of the one at its usual address. */
function atServer(
  script: string,
  { address, adminAddress }: { address: string; adminAddress: string },
): string {
  return script
    .replaceAll('http://127.0.0.1:9090', adminAddress)
    .replaceAll('localhost:8080', new URL(address).host)
}

/** The variables of a reader who has set the secrets. Not tap's, which would have children gather coverage. */
function variables(folder: string): Record<string, string> {
  return {
    HOME: folder,
    TZ: 'UTC',
    TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
    ADMIN_TOKEN: 'a-token-of-tests',
    ...Object.fromEntries(SECRETS.map((name) => [name, TOKEN])),
  }
}

const SECRETS = ['TWILIO_AUTH_TOKEN', 'FRA_SIP_PASSWORD', 'SIP_PASSWORD']
