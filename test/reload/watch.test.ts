import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { watchFiles } from '../../bin/watch.js'
import { webhook } from '../harness/build.js'
import { reloading, saying } from '../harness/reloading.js'
import { folderOf, SERVED, until } from '../harness/serving.js'

t.test('a file that is written in place is loaded', async (t) => {
  const { says, write, lines, service } = await reloading(t)
  t.ok(await says('one'))
  write(saying('two'))
  await until(t, 'the new config answers', () => says('two'))
  t.match(lines.at(-2), { msg: 'config reloaded', revision: service.active.config.revision, routes: 1 })
  t.match(service.reload, { successful: true, failure: '', needsRestart: [] })
})

t.test('an editor that renames is noticed', async (t) => {
  const { says, file } = await reloading(t)
  for (const text of ['two', 'three']) {
    writeFileSync(`${file}~`, SERVED + saying(text))
    renameSync(`${file}~`, file)
    await until(t, text, () => says(text))
  }
})

t.test('the swap of a ConfigMap is noticed', async (t) => {
  const folder = folderOf(t)
  const publish = (version: string, text: string) => {
    mkdirSync(join(folder, version))
    writeFileSync(join(folder, version, 'dialsip.yaml'), `${SERVED}include: routes.yaml\n`)
    writeFileSync(join(folder, version, 'routes.yaml'), saying(text))
    symlinkSync(version, join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
  }
  const { says, file } = await reloading(t, saying('one'), folder)
  rmSync(file)
  publish('..2026_11_20', 'two')
  for (const name of ['dialsip.yaml', 'routes.yaml']) symlinkSync(`..data/${name}`, join(folder, name))
  await until(t, 'the first version', () => says('two'))
  publish('..2026_11_21', 'three')
  rmSync(join(folder, '..2026_11_20'), { recursive: true })
  await until(t, 'the second version', () => says('three'))
})

t.test('every file that was asked for is watched', async (t) => {
  const folder = folderOf(t)
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'routes'))
  write('routes/one.yaml', saying('one'))
  write('numbers.csv', 'number,route\n+15551230009,main\n')
  const { says, post } = await reloading(t, 'include: routes/*.yaml\nnumbersFrom: numbers.csv\n', folder)
  const saysTo = async (To: string, text: string) =>
    (await post('/voice', webhook({ To }))).body.includes(text)
  write('routes/one.yaml', saying('two'))
  await until(t, 'an included file', () => says('two'))
  write('routes/two.yaml', 'routes: [{ name: other, to: "+15551230002", say: other }]')
  await until(t, 'a new file for the pattern', () => saysTo('+15551230002', 'other'))
  write('numbers.csv', 'number,route\n+15551230008,main\n')
  await until(t, 'a table of numbers', () => saysTo('+15551230008', 'two'))
})

t.test('a file that is gone and comes back is loaded', async (t) => {
  const { says, write, service, file } = await reloading(t)
  rmSync(file)
  await until(t, 'it was refused', () => !service.reload.successful)
  t.ok(await says('one'))
  write(saying('two'))
  await until(t, 'it is back', () => says('two'))
})

t.test('changes are found by polling where no event comes', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'a.yaml')
  let changes = 0
  const watch = watchFiles(
    () => {
      changes += 1
    },
    { pollMs: 30 },
  )
  t.teardown(watch.close)
  const paths = ['/no-such-folder/x.yaml', '/no-such-folder/*.yaml', file]
  await watch.follow(paths)
  t.equal(changes, 0)
  const other = join(folder, 'other.log')
  let seen = 0
  const second = watchFiles(() => {
    seen += 1
  })
  t.teardown(second.close)
  await second.follow([other])
  writeFileSync(other, 'x')
  // the first one is told of it before the second, and has looked when it is asked the next time
  await until(t, 'the second one has found it', () => seen === 1)
  await watch.follow(paths)
  t.equal(changes, 0, 'another file in the folder')
  writeFileSync(file, 'x')
  await until(t, 'the file came', () => changes === 1)
  writeFileSync(file, 'xy')
  await watch.follow([file])
  t.equal(changes, 2, 'it changed before it was asked for again')
})

t.test('a pattern finds new files in new folders', async (t) => {
  const folder = folderOf(t)
  mkdirSync(join(folder, 'teams'))
  let changes = 0
  const watch = watchFiles(() => {
    changes += 1
  })
  t.teardown(watch.close)
  await watch.follow([join(folder, 'teams/*/routes.yaml'), join(folder, 'odd[1].yaml')])
  mkdirSync(join(folder, 'teams/new'))
  writeFileSync(join(folder, 'teams/new/routes.yaml'), 'x')
  await until(t, 'the file was found', () => changes === 1)
  writeFileSync(join(folder, 'odd[1].yaml'), 'x')
  await until(t, 'a file with a name like a pattern came', () => changes === 2)
})

t.test('a chain of links is followed, a circle is not', async (t) => {
  const folder = folderOf(t)
  for (const name of ['real', 'other']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'a.yaml'), name)
  }
  symlinkSync('real', join(folder, 'current'))
  symlinkSync('current/a.yaml', join(folder, 'link.yaml'))
  symlinkSync('circle.yaml', join(folder, 'circle.yaml'))
  let changes = 0
  const watch = watchFiles(() => {
    changes += 1
  })
  t.teardown(watch.close)
  await watch.follow([join(folder, 'link.yaml'), join(folder, 'circle.yaml')])
  symlinkSync('other', join(folder, 'next'))
  renameSync(join(folder, 'next'), join(folder, 'current'))
  await until(t, 'the folder was swapped', () => changes === 1)
})

t.test('watchers of earlier reloads are gone', { timeout: 60_000 }, async (t) => {
  const { says, write } = await reloading(t)
  const used = () => process.getActiveResourcesInfo().filter((name) => /FSEvent|FSREQ/.test(name)).length
  write(saying('v0'))
  await until(t, 'the first', () => says('v0'))
  await until(
    t,
    'its files are read',
    () => !process.getActiveResourcesInfo().some((name) => /FSREQ/.test(name)),
  )
  const before = used()
  for (let version = 1; version <= 8; version += 1) {
    write(saying(`v${version}`))
    await until(t, `version ${version}`, () => says(`v${version}`))
  }
  await until(t, 'as many as before', () => used() <= before)
})
