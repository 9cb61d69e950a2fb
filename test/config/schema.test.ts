import { readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { FAILSAFE_SCHEMA, load } from 'js-yaml'
import t from 'tap'
import { type JsonSchema, jsonSchema, SAMPLES } from '../../src/config/schema/json-schema.js'
import { routeSchema, routeSchemaFor } from '../../src/config/schema/route.js'
import { loadText } from '../harness/build.js'
import { cases } from '../harness/cases.js'
import { readCase } from '../harness/golden-case.js'
import { run } from '../harness/run.js'

const schema = jsonSchema()
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false }).compile(schema)

/** What ajv says of a text that an editor would show, read as YAML 1.2's core schema. */
function errorsOf(yaml: string): string[] {
  validate(load(yaml))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** Every key of the language with its schema, by the key above it. */
function* keysOf(node: unknown, parent = ''): Generator<[name: string, key: string, schema: JsonSchema]> {
  if (typeof node !== 'object' || node === null) return
  const { properties = {}, examples: _, default: __, ...rest } = node as JsonSchema
  for (const [key, value] of Object.entries(properties)) {
    yield [`${parent}.${key}`, key, value]
    yield* keysOf(value, key)
  }
  for (const [key, value] of Object.entries(rest)) {
    if (key === '$defs') for (const [id, one] of Object.entries(value as object)) yield* keysOf(one, id)
    else yield* keysOf(value, parent)
  }
}

const keys = [...keysOf(schema)]

t.test('the schema in config/ is current', async (t) => {
  const { stdout } = await run('schema')
  t.equal(readFileSync('config/dialsip.schema.json', 'utf8'), stdout, 'npm run schema writes it again')
})

t.test('every key is described', async (t) => {
  t.same(
    keys.filter(([, , { description }]) => typeof description !== 'string').map(([name]) => name),
    [],
  )
})

t.test('every key offers a default, examples or its values', async (t) => {
  const offers = (node: JsonSchema) =>
    'default' in node || 'examples' in node || 'enum' in node || node.type === 'boolean' || offersEach(node)
  const offersEach = ({ anyOf = [] }: JsonSchema) => (anyOf as JsonSchema[]).some((one) => 'enum' in one)
  t.same(
    keys.filter(([, , node]) => !offers(node)).map(([name]) => name),
    [],
  )
})

t.test('every sample is of a key, and every example is valid there', async (t) => {
  const named = new Set(keys.flat())
  t.same(
    Object.keys(SAMPLES).filter((name) => !named.has(name)),
    [],
  )
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false })
  // what many keys refer to is compiled once
  ajv.addSchema({ $id: 'config', $defs: schema.$defs })
  const seen = new Set<string>()
  for (const [name, , node] of keys) {
    if (seen.has(JSON.stringify(node))) continue
    seen.add(JSON.stringify(node))
    const { examples = [], default: byDefault, ...bare } = node
    const values = [...(examples as unknown[]), ...(byDefault === undefined ? [] : [byDefault])]
    if (values.length === 0) continue
    const check = ajv.compile(JSON.parse(JSON.stringify(bare).replaceAll('"#/$defs/', '"config#/$defs/')))
    for (const value of values) t.ok(check(value), `${name}: ${JSON.stringify(value)}`)
  }
})

t.test('the shipped example is valid', async (t) => {
  t.same(errorsOf(readFileSync('config/dialsip.yaml', 'utf8')), [])
})

/** Texts with as many ways of writing things as there are. */
const VALID: readonly string[] = [
  'routes: [{ to: +15551230001, dial: sip:jack@example.com, region: de1, timeout: 20 }]',
  'routes: [{ name: a, to: ["+1555", "+4930*"], rules: [{ if: { not: { from: anonymous, schedule: [x] } }, hangup: }] }]',
  'routes: [{ to: "+1555", dial: [a, { ring: [b, { uri: sip:c@example.com }] }, { split: { a: 80, b: 20 }, by: caller }] }]',
  'routes: [{ to: "+1555", action: [voicemail, { say: { text: hi, loop: 2 } }, { record: true }] }]',
  'routes: [{ to: "+1555", dial: a, record: record-from-answer, screen: { accept: 1 }, failoverOn: [503, busy] }]',
  'routes: [{ to: "+1555", dial: a, referUrl: true, otherwise: { say: sorry, otherwise: x } }]',
  'schedules: { x: { timezone: UTC, open: daily 09:00-17:00, closed: [2026-12-25, { schedule: y }] } }',
  'tests: [{ call: { to: +1555, at: 2026-11-20T10:00:00+01:00 }, outcomes: { a: 503 }, expect: { rule: 2, dials: a } }]',
  'lists: { vips: vips.txt, others: [+1555] }',
]

const HEAD =
  'publicUrl: https://v.example.com\naccounts: { sid: ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, authTokens: x }\n'

for (const yaml of VALID) {
  t.test(`valid: ${yaml}`, async (t) => t.same(errorsOf(HEAD + yaml), []))
}

t.test('what the loader takes for wrong is wrong for editors', async (t) => {
  const wrong = {
    'routess: []': 'unknown-key',
    'routes: [{ to: "+1555", dial: a, timeout: soon }]': 'wrong-type',
    'routes: [{ to: "+1555", reject: maybe }]': 'wrong-value',
    'schedules: { x: { open: daily 09:00-17:00 } }': 'missing-key',
  }
  for (const [yaml, code] of Object.entries(wrong)) {
    t.not(errorsOf(HEAD + yaml).length, 0, yaml)
    t.ok(
      loadText(yaml).errors.some((error) => error.code === code),
      code,
    )
  }
})

t.test('the loader reads scalars as text, so an editor may show any', async (t) => {
  t.type((load('to: +1555', { schema: FAILSAFE_SCHEMA }) as { to: unknown }).to, 'string')
  t.type((load('to: +1555') as { to: unknown }).to, 'number')
  t.match(await run('schema', 'x'), { code: 2, stderr: /see dialsip schema --help/ })
})

/** What the golden cases have under `routes`, as the loader reads it. */
function writtenRoutes(): unknown[] {
  return readdirSync('test/golden')
    .map((file) => readCase(readFileSync(`test/golden/${file}`, 'utf8')).files['dialsip.yaml']!)
    .flatMap((yaml) => (load(yaml, { schema: FAILSAFE_SCHEMA }) as { routes?: unknown[] }).routes ?? [])
}

/** A copy with one value replaced or added, at the place that the picks lead to. */
function changed(value: unknown, [pick = 0, ...picks]: readonly number[], key: string, to: unknown): unknown {
  if (typeof value !== 'object' || value === null || picks.length === 0) return to
  const entries = Object.entries(value)
  const [at, inner] = entries[pick % (entries.length + 1)] ?? [
    Array.isArray(value) ? String(entries.length) : key,
  ]
  const one = { [at]: inner === undefined ? to : changed(inner, picks, key, to) }
  return Array.isArray(value) ? Object.values({ ...value, ...one }) : { ...value, ...one }
}

t.test('a route is read by the keys that it has as by the whole schema', async (t) => {
  const routes = writtenRoutes()
  t.ok(routes.length > 50, `${routes.length}`)
  const texts = [
    '',
    'x',
    'true',
    '0',
    '15',
    '-1',
    '99999999',
    'A',
    'DE',
    'busy',
    '+1555',
    'https://a.example',
  ]
  const values = fc.oneof(
    fc.constantFrom<unknown>(...texts, [], {}, ['x', 'x'], [[]], { x: 'x' }, { x: '5' }, null),
    fc.constantFrom(...routes),
  )
  const words = fc.constantFrom('x', ...new Set(keys.map(([, key]) => key)))
  const picks = fc.array(fc.nat(12), { minLength: 1, maxLength: 6 })
  const steps = fc.array(fc.tuple(picks, words, values), { maxLength: 3 })
  const seen = { fitting: 0, other: 0 }
  fc.assert(
    fc.property(fc.constantFrom(...routes), steps, (route, all) => {
      const value = all.reduce<unknown>((before, [way, key, to]) => changed(before, way, key, to), route)
      const { data } = routeSchema.safeParse(value)
      seen[data ? 'fitting' : 'other'] += 1
      return isDeepStrictEqual(routeSchemaFor(Object.keys(Object(value))).safeParse(value).data, data)
    }),
    { numRuns: cases(600) },
  )
  t.ok(seen.fitting > cases(100) && seen.other > cases(100), JSON.stringify(seen))
})
