import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { webhook } from '../harness/build.js'
import { saying, WIDE, withSecret } from '../harness/reloading.js'
import { built, calls, folderOf, post, SERVED, until } from '../harness/serving.js'

t.test('thousands of errors in one long line cost no call', { timeout: 120_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  writeFileSync(file, SERVED + saying('one'))
  const { address, ready, stop } = await built(t, file, { node: ['--max-old-space-size=128'] })
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })))
  writeFileSync(file, WIDE)
  await until(
    t,
    'it was refused',
    async () => /^the config on disk was refused: \d/.test((await ready()).why),
    60_000,
  )
  writeFileSync(file, SERVED + saying('two'))
  await until(t, 'the next one', async () => (await ready()).why === 'ok', 30_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  t.match((await post(address, '/voice', webhook())).body, '<Say>two</Say>')
  t.equal(await stop(), 0)
})

t.test('no call is lost while a server reloads', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const write = (version: number) => {
    const many = Array.from({ length: 1_500 }, (_, at) => `  - { to: "+1444${at + 1000}", say: v${version} }`)
    writeFileSync(file, `${SERVED}${saying(`v${version}`)}\n${many.join('\n')}`)
  }
  write(0)
  const { address, stop } = await built(t, file)
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })), 10)
  for (const version of [1, 2]) {
    write(version)
    const says = async () =>
      (await post(address, '/voice', webhook())).body.includes(`<Say>v${version}</Say>`)
    await until(t, `version ${version}`, says, 20_000)
  }
  const { placed, lost, wrong, slowest } = await stopCalls()
  t.ok(placed > 100, `${placed} calls`)
  t.same({ lost, wrong }, { lost: 0, wrong: [] })
  t.ok(slowest < 1_000, `slowest answer after ${Math.round(slowest)} ms`)
  t.equal(await stop(), 0)
})

const gaugeOf = async (adminAddress: string) =>
  /^dialsip_config_last_reload_successful (\d)$/m.exec(
    await (await fetch(`${adminAddress}/metrics`)).text(),
  )?.[1]

t.test('a file cut short under load answers no call differently', { timeout: 60_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const others = Array.from({ length: 2_000 }, (_, at) => `  - { to: "+1444${at + 1000}", say: hello }\n`)
  const text = (say: string) =>
    `${SERVED}routes:\n${others.join('')}${saying(say).replace('routes:\n', '')}\n`
  writeFileSync(file, text('one'))
  const { address, stop } = await built(t, file)
  const said = new Map<string, number>()
  const stopCalls = calls(async (CallSid) => {
    const reply = await post(address, '/voice', webhook({ CallSid }))
    const [what = reply.body] = /<Say>.*<\/Say>/.exec(reply.body) ?? []
    said.set(what, (said.get(what) ?? 0) + 1)
    return reply
  }, 10)
  for (const say of ['two', 'three']) {
    const whole = text(say)
    for (const size of [0, SERVED.length, SERVED.length + 8, whole.length / 2, whole.length - 100]) {
      writeFileSync(file, whole.slice(0, whole.lastIndexOf('\n', size) + 1))
      await sleep(400)
    }
    writeFileSync(file, whole)
    await until(t, say, () => said.has(`<Say>${say}</Say>`), 20_000)
  }
  const { placed, lost, wrong } = await stopCalls()
  t.ok(placed > 100, `${placed} calls`)
  t.same({ lost, wrong }, { lost: 0, wrong: [] })
  t.same([...said.keys()], ['<Say>one</Say>', '<Say>two</Say>', '<Say>three</Say>'])
  t.equal(await stop(), 0)
})

t.test('a secret that hangs is a refused reload, and the next one works', { timeout: 60_000 }, async (t) => {
  const [file, pipe] = [join(folderOf(t), 'dialsip.yaml'), join(folderOf(t), 'token')]
  execFileSync('mkfifo', [pipe])
  writeFileSync(file, SERVED + saying('one'))
  const { address, adminAddress, lines, ready, stop } = await built(t, file)
  const stopCalls = calls((CallSid) => post(address, '/voice', webhook({ CallSid })))
  writeFileSync(file, withSecret(pipe) + saying('two'))
  await until(t, 'it was refused', async () => (await ready()).why.includes('refused: 1 error'), 20_000)
  t.equal(await gaugeOf(adminAddress), '0')
  await until(t, 'the log says which', () => lines.some(({ msg }) => String(msg).includes(pipe)))
  writeFileSync(file, SERVED + saying('three'))
  await until(t, 'the next one', async () => (await ready()).why === 'ok', 20_000)
  t.match(await stopCalls(), { lost: 0, wrong: [] })
  t.match((await post(address, '/voice', webhook())).body, '<Say>three</Say>')
  t.equal(await gaugeOf(adminAddress), '1')
  t.equal(await stop(), 0)
})
