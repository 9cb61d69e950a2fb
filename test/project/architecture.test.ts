import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

interface Layers {
  readonly FLOORS: readonly (readonly string[])[]
}

const CONFIG = path.resolve('.dependency-cruiser.mjs')
const { FLOORS } = (await import(CONFIG)) as Layers
/** A class, an interface or a type, and whether its file exports it. */
const DECLARED_TYPE = /^(export )?(?:abstract )?(?:class|interface|type) (\w+)/gm
const FOLDERS = readdirSync('src', { withFileTypes: true }).map(({ name }) => name.replace(/\.ts$/, ''))

/** Tables may be long. */
const TABLES = ['src/errors/codes.ts']

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(folder, name))
}

t.test('src has few files, and none of them is long', async (t) => {
  const files = sourcesIn('src')
  t.ok(files.length <= 200, `${files.length} files`)
  const long = files.filter((file) => readFileSync(file, 'utf8').trimEnd().split('\n').length > 250)
  t.same(long, TABLES)
})

t.test('each folder of src is on a floor', async (t) => {
  t.same(
    FOLDERS.filter((name) => !FLOORS.flat().includes(name)),
    [],
  )
})

t.test('the name of an exported type is unique', async (t) => {
  const files = ['src', 'routes', 'bin'].flatMap(sourcesIn)
  const declared = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(DECLARED_TYPE)].map(([, exported, name]) => ({
      file,
      name,
      isExported: exported !== undefined,
    })),
  )
  t.ok(declared.length > 300)
  for (const { file, name } of declared.filter(({ isExported }) => isExported)) {
    const others = declared.filter((other) => other.name === name && other.file !== file)
    t.same(
      others.map((other) => other.file),
      [],
      `${name} of ${file}`,
    )
  }
})

/** What lint says of a house that holds nothing but these files, each with its one import. */
function layersOf(folder: string, files: Readonly<Record<string, string>>): string {
  cpSync('tsconfig.json', path.join(folder, 'tsconfig.json'))
  for (const [file, imported] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    const to = path.relative(path.dirname(file), imported).replace(/\.ts$/, '.js')
    writeFileSync(path.join(folder, file), imported && `import './${to}'\n`)
  }
  const args = ['depcruise', '--config', CONFIG, '--output-type', 'err', 'src', 'routes', 'bin']
  const tool = path.resolve('node_modules/.bin/depcruise')
  return spawnSync(tool, args.slice(1), { cwd: folder, encoding: 'utf8' }).stdout
}

t.test('lint refuses a wrong import in each layer', async (t) => {
  const folder = t.testdir({ src: {}, routes: {}, bin: {} })
  const top = 'src/importer/top.ts'
  const planted = Object.fromEntries(
    FLOORS.slice(0, -1)
      .flat()
      .map((name) => [`src/${name}/planted.ts`, top]),
  )
  const files = {
    ...planted,
    [top]: 'routes/voice.ts',
    'routes/voice.ts': 'bin/main.ts',
    'bin/main.ts': '',
    'src/sip/a.ts': 'src/sip/b.ts',
    'src/sip/b.ts': 'src/sip/a.ts',
  }
  const said = layersOf(folder, files)
  for (const [file, imported] of Object.entries(files)) {
    if (imported !== '' && file !== 'src/sip/b.ts') t.match(said, `${file} → `, file)
  }
})
