import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { collectGarbage } from '../../bin/collect-garbage.js'
import { configSource } from '../../bin/config-file.js'
import { fits, loadLimits } from '../../bin/load-limits.js'
import { LoadThreads, TooLarge } from '../../bin/load-threads.js'
import { memoryForLoad } from '../../bin/memory-for-load.js'
import { memoryLeft } from '../../bin/memory-left.js'
import { Reloader } from '../../bin/reload.js'
import { loadConfig } from '../../src/config/load.js'
import { loadText, webhook } from '../harness/build.js'
import { saying } from '../harness/reloading.js'
import { ENV, folderOf, SERVED, serving } from '../harness/serving.js'

t.test('thousands of reloads leak nothing', { timeout: 60_000 }, async (t) => {
  const { service, post, lines } = await serving(t, saying('one'))
  const loaded = [loadText(saying('one')), loadText(saying('two'))]
  let version = 0
  const reloader = new Reloader(service, async () => structuredClone(loaded[version++ % 2]!))
  const reloadAll = async (count: number) => {
    for (let at = 0; at < count; at += 1) {
      await reloader.reload()
      if (at % 100 === 0) await post('/voice', webhook({ CallSid: `CA${at}` }))
    }
    lines.length = 0
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await reloadAll(1_000)
  const after = await reloadAll(4_000)
  t.ok(after - before < 2e6, `${Math.round((after - before) / 1e3)} kB more after 4,000 reloads`)
})

t.test('a load that computes for ever ends', { timeout: 60_000 }, async (t) => {
  const threads = new LoadThreads({ workMs: 300, entry: new URL('data:text/javascript,for(;;);') })
  await t.rejects(threads.load('x', { env: {} }), { message: 'the config was not loaded within 0.3 s' })
  t.ok(await threads.end())
})

t.test('a load may use the memory that is left', { timeout: 60_000 }, async (t) => {
  const MB = 1024 ** 2
  const heapLeft = 1e9
  t.equal(loadLimits({ left: 33 * MB, heapLeft }), undefined)
  t.same(loadLimits({ left: 132 * MB, heapLeft }), {
    resourceLimits: { maxOldGenerationSizeMb: 80, maxYoungGenerationSizeMb: 10 },
    fileLimit: 25 * MB,
  })
  t.match(loadLimits({ left: 1e12, heapLeft }), { fileLimit: 256 * MB })
  t.ok(fits(49 * MB, { left: 132 * MB, heapLeft }))
  t.notOk(fits(51 * MB, { left: 132 * MB, heapLeft }))
  t.notOk(fits(49 * MB, { left: 132 * MB, heapLeft: 97 * MB }))
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + saying('one'))
  utimesSync(file, 0, 0)
  const little = new LoadThreads({ memory: async () => ({ left: 40 * MB, heapLeft }) })
  await t.rejects(
    little.load(file, { env: ENV }),
    new TooLarge('the config needs more memory than the 6 MB that are left to load it with'),
  )
  let asked = 0
  const small = async () => ({ left: 1e9, heapLeft: asked++ === 0 ? 1e9 : 0 })
  const narrow = new LoadThreads({ memory: small })
  await t.rejects(narrow.load(file, { env: ENV }), {
    message: /^the config takes \d+ MB, and the memory has no room/,
  })
  const none = new LoadThreads({ memory: async () => ({ left: 0, heapLeft: 0 }) })
  await t.rejects(none.load('x', { env: {} }), { message: 'no memory is left to load the config with' })
})

t.test('garbage is given back where memory is short', async (t) => {
  let measured = 0
  const measure = () => ({ left: measured++, heapLeft: 1e12 })
  t.same(await memoryForLoad(measure), { left: 1, heapLeft: 1e12 })
})

t.test('memory is what the control groups leave', (t) => {
  const GB = 1024 ** 3
  const root = t.testdir({
    proc: { self: { cgroup: '9:cpu:/x\n4:cpuset,memory:/docker/c1\n0::/pod/c2\nodd\n' } },
    sys: {
      fs: {
        cgroup: {
          'memory.max': 'max\n',
          pod: {
            'memory.max': `${GB}`,
            'memory.current': `${GB - 50}`,
            'memory.stat': 'anon 9\ninactive_file 30\nactive_file 5\n',
            c2: { 'memory.max': `${GB}`, 'memory.current': '100' },
          },
          memory: {
            'memory.limit_in_bytes': '9223372036854771712',
            'memory.usage_in_bytes': '1000',
            docker: { c1: { 'memory.limit_in_bytes': '500', 'memory.usage_in_bytes': '440' } },
          },
        },
      },
    },
  })
  t.equal(memoryLeft(root, 1_000), 60, 'v1')
  writeFileSync(join(root, 'proc/self/cgroup'), '0::/pod/c2\n')
  t.equal(memoryLeft(root, 1_000), 85, 'v2: the limit of the pod')
  t.equal(memoryLeft(root, 20), 20, 'the machine has less')
  t.equal(memoryLeft(join(root, 'no-such-folder'), 1_000), 1_000)
  t.ok(memoryLeft() > 0)
  t.end()
})

t.test('garbage is given back when it is asked for', (t) => {
  const garbage = new WeakRef({ large: Array.from({ length: 1e6 }, (_, at) => `${at}`) })
  return sleep(1).then(() => {
    collectGarbage()
    t.equal(garbage.deref(), undefined)
  })
})

t.test('a folder that cannot be read at the moment is an error', (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, `${SERVED}include: "*/routes.yaml"\nroutes: []`)
  const glob = () => {
    throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
  }
  t.match(loadConfig(file, { ...configSource(ENV, false), glob }), {
    config: undefined,
    errors: [{ code: 'file-unreadable', message: /too many files and connections are open$/ }],
  })
  t.end()
})
