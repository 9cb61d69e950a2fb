import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, loadAll } from 'js-yaml'
import t from 'tap'
import { deployTools } from '../harness/deploy-tools.js'
import { errorOf, type Manifest } from '../harness/manifest.js'

const CHART = 'deploy/helm/dialsip'
const CONFIG = 'deploy/kubernetes/config/dialsip.yaml'
const VERSION: string = JSON.parse(readFileSync('package.json', 'utf8')).version

// What YAML and JSON hold is asserted, not typed: a type for all values of the chart would say the schema again.
// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema, and the values that it describes
type Tree = any
const values: Tree = load(readFileSync(`${CHART}/values.yaml`, 'utf8'))
const schema: Tree = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8'))

t.test('the chart and the image have the version of the package', (t) => {
  const chart: Tree = load(readFileSync(`${CHART}/Chart.yaml`, 'utf8'))
  const kustomization: Tree = load(readFileSync('deploy/kubernetes/kustomization.yaml', 'utf8'))
  t.match(chart, { version: VERSION, appVersion: VERSION })
  t.equal(String(kustomization.images[0].newTag), VERSION)
  t.end()
})

t.test('the schema knows each value of the chart and no other', (t) => {
  const known = (one: Tree): Tree =>
    one.properties
      ? Object.fromEntries(Object.entries(one.properties).map(([key, of]) => [key, known(of)]))
      : undefined
  const there = (value: Tree, of: Tree): Tree =>
    of?.properties
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, there(one, of.properties[key])]))
      : undefined
  // `global` is Helm's own; requests, limits and claims are Kubernetes'
  const { global: _, resources: __, ...described } = known(schema)
  const { resources: ___, ...given } = there(values, schema)
  t.same(given, described)
  t.end()
})

t.test('each value of the chart is explained', (t) => {
  const lines = readFileSync(`${CHART}/values.yaml`, 'utf8').split('\n')
  const blocks = lines.join('\n').split('\n\n').slice(1)
  t.ok(blocks.length > 20)
  // a word that says all by itself needs no sentence
  const plain = /^(?:autoscaling|image|networkPolicy|podDisruptionBudget|podAnnotations|resources|service):/
  for (const block of blocks)
    t.match(block, block.startsWith('#') ? /^# \S/ : plain, block.slice(0, block.indexOf('\n')))
  t.end()
})

/** The settings of the two components of the kustomization. */
const FULL = [
  ...[
    '--set',
    'serviceMonitor.enabled=true',
    '--set',
    'ingress.enabled=true',
    '--set',
    'ingress.className=traefik',
  ],
  ...['--set-json', 'ingress.annotations={"cert-manager.io/cluster-issuer":"letsencrypt"}'],
]

const tools = deployTools()
if (typeof tools === 'string') t.test('the chart is rendered', { skip: tools }, () => {})
else rendered(tools.helm, tools.kubectl)

function rendered(helm: string, kubectl: string): void {
  const SETTINGS = [
    ...['--set', 'image.repository=registry.example.com/dialsip', '--set', 'host=voice.example.com'],
    ...['--set-file', `config=${CONFIG}`],
  ]

  function chart(...settings: string[]): Manifest[] {
    const args = ['template', 'dialsip', CHART, '--namespace', 'dialsip', ...SETTINGS, ...settings]
    return parsed(execFileSync(helm, args, { encoding: 'utf8' }))
  }

  function refusal(...settings: string[]): string {
    const args = ['template', 'dialsip', CHART, '--namespace', 'dialsip', ...settings]
    const { status, stderr } = spawnSync(helm, args, { encoding: 'utf8' })
    return `${status} ${stderr}`
  }

  function kustomized(...components: string[]): Manifest[] {
    if (components.length === 0)
      return parsed(execFileSync(kubectl, ['kustomize', 'deploy/kubernetes'], { encoding: 'utf8' }))
    const overlay = mkdtempSync(join(tmpdir(), 'dialsip-overlay-'))
    t.teardown(() => execFileSync('rm', ['-r', overlay]))
    execFileSync('cp', ['-r', 'deploy/kubernetes', `${overlay}/base`])
    const file = `${overlay}/base/kustomization.yaml`
    writeFileSync(file, `${readFileSync(file, 'utf8')}\ncomponents: [${components}]\n`)
    return parsed(execFileSync(kubectl, ['kustomize', `${overlay}/base`], { encoding: 'utf8' }))
  }

  t.test('the chart and the kustomization give the same objects', (t) => {
    t.same(chart().map(comparable).sort(byName), withoutNamespace(kustomized()), 'with the default values')
    t.same(
      chart(...FULL)
        .map(comparable)
        .sort(byName),
      withoutNamespace(kustomized('monitoring', 'ingress')),
      'with ServiceMonitor and Ingress',
    )
    t.end()
  })

  t.test('Kubernetes takes every object of the chart', async (t) => {
    const odd = [
      ...['--set', 'probes=exec', '--set', 'autoscaling.enabled=false', '--set', 'existingSecret='],
      ...['--set-json', 'configVolume={"persistentVolumeClaim":{"claimName":"config"}}'],
      ...[
        '--set-json',
        'envFrom=[{"secretRef":{"name":"twilio"}}]',
        '--set-json',
        'imagePullSecrets=["pull"]',
      ],
      ...[
        '--set-json',
        'tolerations=[{"key":"calls","operator":"Exists"}]',
        '--set',
        'service.type=LoadBalancer',
      ],
      ...['--set-json', 'nodeSelector={"kubernetes.io/arch":"arm64"}', '--set', 'priorityClassName=high'],
      ...['--set-json', 'podAnnotations={"a":"b"}', '--set-json', 'podLabels={"c":"d"}'],
      ...['--set-json', 'networkPolicy.extraEgress=[{"ports":[{"port":6379}]}]'],
      ...['--set', `image.digest=sha256:${'0'.repeat(64)}`],
    ]
    for (const manifest of [
      ...chart(),
      ...chart(...FULL),
      ...chart(...odd),
      ...kustomized('monitoring', 'ingress'),
    ])
      t.equal(await errorOf(manifest), undefined, `${manifest.kind} ${manifest.metadata.name}`)
    const [deployment] = chart(...odd).filter(({ kind }) => kind === 'Deployment')
    t.match(deployment!.spec.template.spec, {
      containers: [
        {
          image: /@sha256:0{64}$/,
          livenessProbe: { exec: { command: ['dialsip', 'health'] } },
          readinessProbe: { exec: { command: ['dialsip', 'health', '--ready'] } },
          envFrom: [{ secretRef: { name: 'twilio' } }],
        },
      ],
      volumes: [{ name: 'config', persistentVolumeClaim: { claimName: 'config' } }],
    })
    t.equal(deployment!.spec.replicas, 2)
  })

  t.test('the network policy never admits everybody, by IPv6 neither', (t) => {
    const policy = (...settings: string[]) =>
      chart(...settings).find(({ kind }) => kind === 'NetworkPolicy')!.spec
    const { egress } = policy()
    const blocks = egress[1].to.map(({ ipBlock }: Manifest) => [
      ipBlock.cidr,
      ipBlock.except.includes('fc00::/7'),
    ])
    t.same(blocks, [
      ['0.0.0.0/0', false],
      ['::/0', true],
    ])
    const nobody = policy('--set-json', 'networkPolicy={"from":[],"adminFrom":[]}')
    t.equal(nobody.ingress, undefined)
    t.match(nobody.policyTypes, ['Ingress', 'Egress'])
    t.equal(policy('--set', 'networkPolicy.twilio.enabled=false').egress.length, 1)
    t.end()
  })

  t.test('a second release in a namespace has names and selectors of its own', (t) => {
    const args = ['template', 'blue', CHART, '--namespace', 'dialsip', ...SETTINGS]
    const names = parsed(execFileSync(helm, args, { encoding: 'utf8' })).map(({ metadata }) => metadata.name)
    t.same([...new Set(names)].sort(), ['blue-dialsip', 'blue-dialsip-admin'])
    t.end()
  })

  t.test('a wrong value is refused with its place', (t) => {
    t.match(refusal('--set', 'hosts=a'), /^1 .*additional properties 'hosts' not allowed/s)
    t.match(refusal('--set', 'ports.http=0'), /^1 .*at '\/ports\/http'/s)
    t.match(refusal('--set', 'probes=tcp'), /^1 .*at '\/probes'/s)
    t.match(refusal('--set', 'host=a'), /^1 .*image\.repository: where your image is/s)
    t.match(refusal('--set', 'image.repository=a'), /^1 .*(?:config: the text|host: the host)/s)
    t.end()
  })

  t.test('a config that no ConfigMap can hold is refused', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dialsip-large-'))
    t.teardown(() => execFileSync('rm', ['-r', folder]))
    writeFileSync(`${folder}/numbers.csv`, '+4930123456,x\n'.repeat(80_000))
    const file = ['--set-file', `files.numbers\\.csv=${folder}/numbers.csv`]
    t.match(refusal(...SETTINGS, ...file), /^1 .*a ConfigMap takes 1048576: docs\/deploy\.md/s)
    writeFileSync(`${folder}/numbers.csv`, '+4930123456,x\n')
    const [map] = chart(...file).filter(({ kind }) => kind === 'ConfigMap')
    t.same(map!.data, { 'dialsip.yaml': readFileSync(CONFIG, 'utf8'), 'numbers.csv': '+4930123456,x\n' })
    t.end()
  })

  t.test('the chart is packed whole, and lint has nothing against it', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dialsip-chart-'))
    t.teardown(() => execFileSync('rm', ['-r', folder]))
    execFileSync(helm, ['package', CHART, '--destination', folder], { stdio: 'pipe' })
    t.equal(spawnSync(helm, ['lint', '--strict', CHART, ...SETTINGS]).status, 0)
    const files = execFileSync('tar', ['-tzf', `${folder}/dialsip-${VERSION}.tgz`], { encoding: 'utf8' })
    for (const file of ['Chart.yaml', 'values.yaml', 'values.schema.json', 'templates/deployment.yaml'])
      t.match(files, `dialsip/${file}`)
    t.end()
  })
}

function parsed(text: string): Manifest[] {
  return (loadAll(text) as unknown as Manifest[]).filter(Boolean)
}

/** An object without the labels that say by which tool, and in which version, it was applied. */
function comparable(manifest: Manifest): Manifest {
  const copy = structuredClone(manifest)
  for (const label of ['app.kubernetes.io/managed-by', 'app.kubernetes.io/version', 'helm.sh/chart'])
    delete copy.metadata.labels[label]
  return copy
}

function byName(a: Manifest, b: Manifest): number {
  const [one, other] = [a, b].map(({ kind, metadata }) => `${kind}/${metadata.name}`)
  return one! < other! ? -1 : 1
}

/** The namespace is made by `--create-namespace`. */
function withoutNamespace(all: Manifest[]): Manifest[] {
  return all.filter(({ kind }) => kind !== 'Namespace').sort(byName)
}
