import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { webhook } from '../harness/build.js'
import { saying, WIDE, withSecret } from '../harness/reloading.js'
import { built, calls, folderOf, post, SERVED, until, writeSettled } from '../harness/serving.js'

const gaugeOf = async (adminAddress: string) =>
  /^dialsip_config_last_reload_successful (\d)$/m.exec(
    await (await fetch(`${adminAddress}/metrics`)).text(),
  )?.[1]

t.test('a server under load', { timeout: 120_000 }, async (t) => {
  const file = join(folderOf(t), 'dialsip.yaml')
  const others = Array.from({ length: 800 }, (_, at) => `  - { to: "+1444${at + 1000}", say: hello }\n`)
  const text = (say: string) =>
    `${SERVED}routes:\n${others.join('')}${saying(say).replace('routes:\n', '')}\n`
  writeSettled(file, text('one'))
  const server = await built(t, file, { node: ['--max-old-space-size=128'], impatient: true })
  const { address, adminAddress, lines, logged, ready, stop } = server
  const place = (CallSid: string) => post(address, '/voice', webhook({ CallSid }))

  await t.test('thousands of errors in one long line cost no call', async (t) => {
    const stopCalls = calls(place, 40)
    writeSettled(file, WIDE)
    await logged(/^the new config was refused/)
    t.match((await ready()).why, /^the config on disk was refused: \d/)
    writeSettled(file, text('two'))
    await logged(/^config reloaded/)
    t.equal((await ready()).why, 'ok')
    t.match(await stopCalls(), { lost: 0, wrong: [] })
    t.match((await place('CA1')).body, '<Say>two</Say>')
  })

  await t.test('no call is lost while it reloads', async (t) => {
    const stopCalls = calls(place, 10)
    for (const say of ['three', 'four']) {
      writeSettled(file, text(say))
      await logged(/^config reloaded/)
      t.match((await place('CA1')).body, `<Say>${say}</Say>`)
    }
    const { placed, lost, wrong, slowest } = await stopCalls()
    t.ok(placed > 100, `${placed} calls`)
    t.same({ lost, wrong }, { lost: 0, wrong: [] })
    t.ok(slowest < 1_000, `slowest answer after ${Math.round(slowest)} ms`)
  })

  await t.test('a file cut short answers no call differently', async (t) => {
    const said = new Map<string, number>()
    const stopCalls = calls(async (CallSid) => {
      const reply = await place(CallSid)
      const [what = reply.body] = /<Say>.*<\/Say>/.exec(reply.body) ?? []
      said.set(what, (said.get(what) ?? 0) + 1)
      return reply
    }, 20)
    const whole = text('five')
    for (const size of [0, SERVED.length, SERVED.length + 8, whole.length / 2, whole.length - 100]) {
      writeFileSync(file, whole.slice(0, whole.lastIndexOf('\n', size) + 1))
      // somebody writes slowly: a load that begins now has the time to read what there is
      await sleep(400)
    }
    writeFileSync(file, whole)
    await until(t, 'the whole file', () => said.has('<Say>five</Say>'), 20_000)
    const { placed, lost, wrong } = await stopCalls()
    t.ok(placed > 100, `${placed} calls`)
    t.same({ lost, wrong }, { lost: 0, wrong: [] })
    t.same([...said.keys()], ['<Say>four</Say>', '<Say>five</Say>'])
  })

  await t.test('a secret that hangs is a refused reload, and the next one works', async (t) => {
    const pipe = join(folderOf(t), 'token')
    execFileSync('mkfifo', [pipe])
    const stopCalls = calls(place, 40)
    writeSettled(file, withSecret(pipe) + saying('six'))
    await logged(/^the new config was refused/)
    t.match((await ready()).why, 'refused: 1 error')
    t.equal(await gaugeOf(adminAddress), '0')
    await until(t, 'the log says which', () => lines.some(({ msg }) => String(msg).includes(pipe)))
    writeSettled(file, SERVED + saying('seven'))
    await logged(/^config reloaded/)
    t.equal((await ready()).why, 'ok')
    t.match(await stopCalls(), { lost: 0, wrong: [] })
    t.match((await place('CA1')).body, '<Say>seven</Say>')
    t.equal(await gaugeOf(adminAddress), '1')
  })
  t.equal(await stop(), 0)
})
