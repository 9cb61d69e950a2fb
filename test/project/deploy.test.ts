import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'
import t from 'tap'
import { configSource } from '../../bin/config-file.js'
import { loadConfig } from '../../src/config/load.js'
import { errorOf, type Manifest } from '../harness/manifest.js'

const ROOT = 'deploy/kubernetes'

function manifests(file: string): Manifest[] {
  return loadAll(readFileSync(join(ROOT, file), 'utf8')) as unknown as Manifest[]
}

const [kustomization] = manifests('kustomization.yaml')
const COMPONENTS = ['monitoring/servicemonitor.yaml', 'ingress/ingress.yaml']
const applied = [...kustomization!.resources, ...COMPONENTS] as string[]
const all = applied.flatMap(manifests)

function one(kind: string): Manifest {
  return all.find((manifest) => manifest.kind === kind)!
}

t.test('Kubernetes takes every manifest', async (t) => {
  for (const manifest of [...all, ...manifests('secret.example.yaml')])
    t.equal(await errorOf(manifest), undefined, `${manifest.kind} ${manifest.metadata.name}`)
  const broken = structuredClone(one('Deployment'))
  broken.spec.template.spec.containers[0].lifecycle.preStop.sleep = { secs: 1 }
  t.match(await errorOf(broken), /sleep/, 'a wrong one is refused')
})

t.test('no manifest is forgotten', (t) => {
  const there = readdirSync(ROOT).filter((file) => file.endsWith('.yaml'))
  const known = [...kustomization!.resources, 'kustomization.yaml', 'secret.example.yaml']
  t.same(there.sort(), known.sort())
  t.end()
})

t.test('the pod has no privileges and a read-only root', (t) => {
  const { spec } = one('Deployment').spec.template
  t.match(spec, { automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } })
  const [container] = spec.containers
  t.match(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  t.match(container, { livenessProbe: {}, readinessProbe: {}, startupProbe: {}, resources: { requests: {} } })
  t.equal(one('Namespace').metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted')
  t.end()
})

t.test('names and ports of the manifests fit together', (t) => {
  const { selector, template } = one('Deployment').spec
  t.match(template.metadata.labels, selector.matchLabels)
  const ports = template.spec.containers[0].ports.map(({ name }: { name: string }) => name)
  for (const { spec } of all.filter(({ kind }) => kind === 'Service')) {
    t.match(template.metadata.labels, spec.selector)
    t.ok(spec.ports.every(({ targetPort }: { targetPort: string }) => ports.includes(targetPort)))
  }
  t.equal(one('HorizontalPodAutoscaler').spec.scaleTargetRef.name, one('Deployment').metadata.name)
  const monitored = one('ServiceMonitor').spec
  const admin = all.find(({ metadata }) => metadata.name === 'dialsip-admin')!
  // the common label comes from the kustomization
  const labels = { ...admin.metadata.labels, ...kustomization!.labels[0].pairs }
  t.match(labels, monitored.selector.matchLabels)
  t.equal(monitored.endpoints[0].port, admin.spec.ports[0].name)
  t.end()
})

t.test('the config of the ConfigMap is without errors', (t) => {
  const [{ files }] = kustomization!.configMapGenerator
  const { config, errors } = loadConfig(join(ROOT, files[0]), configSource({}, true))
  t.same(
    errors.map(({ message }) => message),
    [],
  )
  t.equal(
    config?.admin?.listen.port,
    one('Deployment').spec.template.spec.containers[0].ports[1].containerPort,
  )
  t.end()
})

t.test('compose, Kubernetes and the chart have the memory of the row that says so', (t) => {
  const row = /^\| .* \| (\d+) MB, as compose, Kubernetes and the chart have it \|$/m
  const [, limit] = row.exec(readFileSync('docs/operations.md', 'utf8'))!
  const { resources } = one('Deployment').spec.template.spec.containers[0]
  const [values] = loadAll(readFileSync('deploy/helm/dialsip/values.yaml', 'utf8')) as unknown as Manifest[]
  const [compose] = loadAll(readFileSync('deploy/compose.yaml', 'utf8')) as unknown as Manifest[]
  t.equal(resources.limits.memory, `${limit}Mi`)
  t.same(values!.resources, resources)
  t.equal(compose!.services.dialsip.mem_limit, `${limit}m`)
  t.end()
})
