import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { load } from '../../bin/config-file.js'
import type { Io } from '../../bin/io.js'
import { LoadThreads } from '../../bin/load-threads.js'
import { attach, detach, type Piece } from '../../src/config/config-transfer.js'
import type { Config } from '../../src/model/config.js'
import { configOf } from '../harness/build.js'
import { saying, WIDE } from '../harness/reloading.js'
import { ENV, folderOf, SERVED } from '../harness/serving.js'

t.test('a config put together from its pieces is the same', async (t) => {
  const rows = Array.from({ length: 1_234 }, (_, at) => `+1555${String(at).padStart(7, '0')},main,${at}`)
  const lists = `lists: { many: [${Array.from({ length: 700 }, (_, at) => `"+1666${at + 1000}*"`)}] }`
  const yaml = `${lists}
numbersFrom: numbers.csv
routes: [{ name: main, rules: [{ if: { from: many }, reject: busy }, { say: hello }] }]`
  const more = { 'numbers.csv': `number,route,place\n${rows.join('\n')}` }
  const { first, pieces } = detach(configOf(yaml, more))
  t.equal(first.config.numbers.exact.size, 0)
  t.equal(first.config.numbers.owners.length, 0)
  const received = structuredClone(first)
  const sent: Piece[] = []
  for (const piece of pieces) {
    sent.push(structuredClone(piece))
    attach(received, sent.at(-1)!)
  }
  t.same(received.config, configOf(yaml, more))
  t.ok(sent.length >= 5)
  t.ok(sent.every(({ entries }) => entries.length <= 500))
  const list = [...Array(600).keys()]
  const odd = detach({ list } as unknown as Config)
  for (const piece of odd.pieces) attach(odd.first, piece)
  t.same(odd.first.config, { list: [...Array(600).keys()] })
})

t.test('what many routes share is sent once, and little at a time', (t) => {
  const shared = {
    callers: Array.from({ length: 700 }, (_, at) => ({ at })),
    map: new Map([[1, [...Array(600).keys()]]]),
  }
  const routes = () =>
    new Map(
      Array.from({ length: 1_100 }, (_, at) => [
        at,
        { shared, own: Array.from({ length: 50 }, (_, hop) => ({ hop })) },
      ]),
    )
  const expected = structuredClone(routes().get(0))
  const { first, pieces } = detach({ routes: routes() } as unknown as Config)
  const received = structuredClone(first)
  let largest = 0
  for (const piece of pieces) {
    largest = Math.max(largest, JSON.stringify(piece.entries).length)
    attach(received, structuredClone(piece))
  }
  const [one, another] = [0, 1_099].map(
    (at) => (received.config.routes as never as ReturnType<typeof routes>).get(at)!,
  )
  t.same(one, expected)
  t.equal((received.config.routes as never as Map<unknown, unknown>).size, 1_100)
  t.equal(one!.shared.callers, another!.shared.callers)
  t.equal(one!.shared.map.get(1), another!.shared.map.get(1))
  t.ok(largest < 200_000, String(largest))
  t.end()
})

t.test('a worker sends the config that it has loaded', { timeout: 60_000 }, async (t) => {
  const folder = folderOf(t)
  const [file, routes] = [join(folder, 'dialsip.yaml'), join(folder, 'routes.yaml')]
  const many = Array.from({ length: 600 }, (_, at) => `  - { to: "+1444${at + 1000}", say: hello }`)
  writeFileSync(file, `${SERVED}include: route*.yaml\n`)
  writeFileSync(routes, `${saying('one')}\n${many.join('\n')}`)
  for (const name of [file, routes]) utimesSync(name, 0, 0)
  const threads = new LoadThreads()
  const { config, errors, asked } = await threads.load(file, { env: ENV })
  t.same({ ...config }, load(file, { env: ENV } as unknown as Io).config)
  t.same([errors, asked], [[], [file, routes, join(folder, 'route*.yaml')]])
  t.match(await threads.load(`${file}x`, { env: {} }), {
    config: undefined,
    errors: [{ code: 'file-unreadable' }],
    retryable: false,
  })
  writeFileSync(file, WIDE)
  utimesSync(file, 0, 0)
  const refused = await threads.load(file, { env: ENV })
  t.match(refused.more, [
    { level: 'error', code: 'number-format' },
    { level: 'warning', code: 'no-otherwise', count: 2_000 },
  ])
  t.equal(refused.errors.length, 100)
  t.ok(JSON.stringify(refused.errors).length < 100_000)
  const unfit = { TOKEN: Symbol('unfit') as unknown as string }
  await t.rejects(threads.load(file, { env: unfit }), { name: 'DataCloneError' })
})
