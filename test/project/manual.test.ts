import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'
import { manualWithHelp } from '../../scripts/commands-manual.js'
import { keysLeftOut, manualWithTables } from '../../scripts/config-manual.js'
import type { ConfigSource } from '../../src/config/config-source.js'
import { type Loaded, loadConfig } from '../../src/config/load.js'

const ROOT = process.cwd()
const SECRETS = ['TWILIO_AUTH_TOKEN', 'FRA_SIP_PASSWORD', 'SIP_PASSWORD']

const pages = ['README.md', ...pagesIn('docs')]

function pagesIn(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name))
}

function textOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8')
}

function leadsSomewhere(link: string, page: string): boolean {
  const [file = '', heading] = link.split('#')
  const target = file === '' ? page : path.join(path.dirname(page), file)
  if (!existsSync(path.join(ROOT, target))) return false
  return heading === undefined || headingsOf(target).includes(heading)
}

/** The headings of a page, as GitHub names them in links. */
function headingsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** A config of the docs, in place of `config/dialsip.yaml`, with every secret set. */
function loadText(text: string): Loaded {
  const file = path.join(ROOT, 'config/dialsip.yaml')
  const configSource: ConfigSource = {
    read: (name) => (name === file ? text : readFileSync(name, 'utf8')),
    glob: () => [],
    variables: Object.fromEntries(SECRETS.map((name) => [name, 'not-a-secret'])),
    placeholders: false,
  }
  return loadConfig(file, configSource)
}

t.test('the tables of the manual are made from the schema', async (t) => {
  const manual = textOf('docs/config.md')
  t.equal(manualWithTables(manual), manual, 'npm run docs makes them again')
  t.same(keysLeftOut(manual), [], 'each key of the language is in a table')
})

t.test('the page of the commands has the help of each', async (t) => {
  const page = textOf('docs/commands.md')
  t.equal(await manualWithHelp(page), page, 'npm run docs makes it again')
})

t.test('a table of what the language lacks is refused', async (t) => {
  const tableOf = (what: string) => () => manualWithTables(`<!-- keys of ${what} -->\n<!-- end of keys -->`)
  t.throws(tableOf('endponts.*'), { message: 'the language has no map at endponts.*' })
  t.throws(tableOf('endpoints.*: uri ulr'), { message: 'there is no key ulr at endpoints.*' })
})

t.test('the shipped example has no error and no warning', async (t) => {
  t.same(loadText(textOf('config/dialsip.yaml')).errors, [])
})

t.test('each route of the example has a test', async (t) => {
  const { config } = loadText(textOf('config/dialsip.yaml'))
  const tested = new Set(config!.tests.map(({ expect }) => expect.route))
  t.same(
    [...config!.routes.keys()].filter((name) => !tested.has(name)),
    [],
  )
})

t.test('what others are coming from is a golden case', async (t) => {
  const page = textOf('docs/coming-from.md')
  for (const name of readdirSync(path.join(ROOT, 'test/golden')).filter((file) =>
    file.startsWith('coming-from'),
  )) {
    const [config] = textOf(`test/golden/${name}`).split('----------')
    t.ok(page.includes(`\`\`\`yaml\n${config}\`\`\``), name)
  }
})

for (const page of pages) {
  const blocks = [...textOf(page).matchAll(/```yaml complete\n([\s\S]*?)```/g)]
  t.test(`${page}: complete configs load without warnings`, async (t) => {
    for (const [, text = ''] of blocks)
      t.same(
        loadText(text).errors.map(({ message }) => message),
        [],
      )
  })
  t.test(`${page}: links lead to files and headings`, async (t) => {
    const links = [...textOf(page).matchAll(/\]\(([^):]+)\)/g)].map(([, link]) => link!)
    t.same(
      links.filter((link) => !leadsSomewhere(link, page)),
      [],
    )
  })
}

t.test('each dependency has its line, and no other has one', async (t) => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json'))
  const [shipped, dev] = textOf('docs/dependencies.md').split('## For development') as [string, string]
  t.same(packagesIn(shipped), Object.keys(dependencies).sort(), 'in the image')
  t.same(packagesIn(dev), Object.keys(devDependencies).sort(), 'for development')
})

/** The packages in the first column of a table. */
function packagesIn(table: string): string[] {
  const cells = [...table.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => cell!)
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)).sort()
}
