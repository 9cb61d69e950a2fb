import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { load } from 'js-yaml'
import t, { type Test } from 'tap'
import { manualWithHelp } from '../../scripts/commands-manual.js'
import { keysLeftOut, manualWithTables } from '../../scripts/config-manual.js'
import type { ConfigSource } from '../../src/config/config-source.js'
import { type Loaded, loadConfig } from '../../src/config/load.js'
import { aroundPart, yamlOf } from '../harness/manual-yaml.js'

const ROOT = process.cwd()
const SECRET = 'not-a-secret-but-long-enough'

const pages = ['README.md', ...pagesIn('docs')]
/** It is made of configs that are wrong on purpose; test/config/errors.test.ts holds what is printed of each. */
const ERROR_PAGE = 'docs/errors.md'

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

function checkYaml(t: Test, text: string, mark: string, where: string): void {
  const [kind, ...codes] = mark.split(' ')
  if (kind === 'other') {
    t.ok(load(text), where)
    return
  }
  const whole = kind === 'complete'
  for (const config of whole ? [text] : aroundPart(text)) {
    const found = loadText(config).errors.filter(({ code }) => whole || !/^unused-/.test(code))
    t.same(
      found.map(({ code }) => code),
      codes,
      where,
      { found: found.map(({ message }) => message) },
    )
  }
}

/** A config of the docs, in place of `config/dialsip.yaml`, with every secret set. */
function loadText(text: string): Loaded {
  const file = path.join(ROOT, 'config/dialsip.yaml')
  const configSource: ConfigSource = {
    read: (name) => {
      if (name.startsWith('/run/secrets/')) return SECRET
      return name === file ? text : readFileSync(name, 'utf8')
    },
    glob: () => [],
    variables: Object.fromEntries([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => [name, SECRET])),
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

t.test('a table of keys that the language lacks is refused', async (t) => {
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

t.test('each source that others come from is a golden case', async (t) => {
  const page = textOf('docs/coming-from.md')
  for (const name of readdirSync(path.join(ROOT, 'test/golden')).filter((file) =>
    file.startsWith('coming-from'),
  )) {
    const [config] = textOf(`test/golden/${name}`).split('----------')
    t.ok(page.includes(`\`\`\`yaml\n${config}\`\`\``), name)
  }
})

for (const page of pages) {
  const shown = page === ERROR_PAGE ? [] : yamlOf(textOf(page))
  t.test(`${page}: what it shows of a config is right`, async (t) => {
    for (const { line, mark, text } of shown) checkYaml(t, text, mark, `line ${line}`)
  })
  t.test(`${page}: links lead to files and headings`, async (t) => {
    const links = [...textOf(page).matchAll(/\]\(([^):]+)\)/g)].map(([, link]) => link!)
    t.same(
      links.filter((link) => !leadsSomewhere(link, page)),
      [],
    )
  })
}

t.test('each picture of the manual is shown, says what it shows, and is small', async (t) => {
  const shown = pages.flatMap((page) =>
    [...textOf(page).matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)].map(([, says, file]) => {
      t.ok(says!.length > 20, `${page} says what is on ${file}`)
      return path.join(path.dirname(page), file!)
    }),
  )
  const files = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  const pictures = files.filter((name) => /\.(?:png|svg)$/.test(name)).map((name) => path.join('docs', name))
  t.same([...new Set(shown)].sort(), pictures.sort())
  for (const file of pictures) t.ok(statSync(path.join(ROOT, file)).size <= 80 * 1024, file)
  t.ok(
    shown.some((file) => /^docs\/console\/.*\.png$/.test(file)),
    'the console among them',
  )
})

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
