import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { configSource, load } from '../../bin/config-file.js'
import { placesFinder } from '../../bin/route-places.js'
import { readRoutePlaces, routePlace } from '../../src/config/route-places.js'
import { ENV, folderOf, SERVED, serving } from '../harness/serving.js'

const YAML = `include: routes/*.yaml
numbersFrom: numbers.csv
rules:
  - { name: blocked, if: { from: "+1900*" }, reject: busy }
actions:
  voicemail:
    say: Leave a message
endpoints: { a: { uri: "sip:{{To}}@a.example.com", username: u, password: "\${file:SECRET}" } }
routes:
  - name: berlin

    to: "+4930123456"
    rules:
      - if: { from: anonymous }
        reject: busy
      - dial: a
        otherwise: voicemail
`
const MORE = `routes:
- { name: sales, to: "+15551230001", dial: a }
-
  name: support
  to: "+15551230002"
  say: bye
`

/** A folder with what the config names; gives the config. */
function written(folder: string): string {
  mkdirSync(join(folder, 'routes'))
  writeFileSync(join(folder, 'routes', 'more.yaml'), MORE)
  writeFileSync(join(folder, 'numbers.csv'), 'number,endpoint\n+15551230003,a\n')
  writeFileSync(join(folder, 'password.txt'), 'hush-hush-hush')
  return YAML.replace('SECRET', join(folder, 'password.txt'))
}

interface Shown {
  readonly routes: readonly { name: string; place?: string; rules: readonly { place?: string }[] }[]
  readonly configRules: readonly { place?: string }[]
  readonly lists: readonly { id: string; place?: string }[]
}

t.test('a running server knows the lines of its routes, rules and actions', async (t) => {
  const folder = folderOf(t)
  const { admin } = await serving(t, written(folder), { folder })
  const ask = async () => (await (await admin('/api/routes')).json()) as Shown
  const before = SERVED.split('\n').length - 1
  const main = (line: number) => `dialsip.yaml:${before + line}`
  const { routes, configRules, lists } = await ask()
  t.same(
    routes.map(({ name, place }) => [name, place]),
    [
      ['berlin', main(10)],
      ['sales', 'routes/more.yaml:2'],
      ['support', 'routes/more.yaml:4'],
      ['endpoint:a', undefined],
    ],
  )
  t.same(
    routes[0]!.rules.map(({ place }) => place),
    [main(14), main(16)],
  )
  t.same(
    configRules.map(({ place }) => place),
    [main(4)],
  )
  t.equal(lists.find(({ id }) => id === '@voicemail')!.place, main(6))
  appendFileSync(join(folder, 'routes', 'more.yaml'), '# later\n')
  t.equal((await ask()).routes[0]!.place, main(10), 'the lines are those of the config that decides')
})

t.test('files that have changed since have no lines, nor have those that take too long', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'dialsip.yaml')
  writeFileSync(file, SERVED + written(folder))
  const { config } = load(file, { env: ENV } as unknown as Parameters<typeof load>[1])
  const places = await placesFinder()(config!)
  t.same(places, readRoutePlaces(config!, configSource(ENV, true)))
  t.equal(routePlace(places!, 0)!.rules.length, 2)
  t.equal(routePlace(places!, 3), undefined)
  t.equal(await placesFinder(1)(config!), undefined)
  appendFileSync(join(folder, 'numbers.csv'), '+15551230004,a\n')
  t.equal(await placesFinder()(config!), undefined)
  t.equal(readRoutePlaces(config!, configSource(ENV, true)), undefined)
})
