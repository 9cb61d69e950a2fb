import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Placed, placeCall } from './harness/golden-call.js'
import { loadCase, readCase } from './harness/golden-case.js'
import { complaintsOf } from './oracles/twiml.js'

// Each file of test/golden is a behaviour: a config, calls, and the TwiML of every step. A new behaviour is a new
// file; TAP_SNAPSHOT=1 writes what comes out, to be read before it is committed.

const FOLDER = 'test/golden'

for (const name of readdirSync(FOLDER).sort()) {
  t.test(`${name.replace('.txt', '').replaceAll('-', ' ')}: the TwiML is as written`, async (t) => {
    const file = join(FOLDER, name)
    const golden = readCase(readFileSync(file, 'utf8'))
    const { config, errors } = loadCase(golden)
    t.same(
      errors.filter(({ level }) => level === 'error').map(({ message }) => message),
      [],
    )
    if (!config) return
    const placed: Placed[] = []
    for (const [at, call] of golden.calls.entries()) placed.push(await placeCall(config, call, at + 1))
    const found = placed.map(({ text }) => text).join('\n')
    t.same(
      placed.flatMap(({ documents }) => documents.flatMap(complaintsOf)),
      [],
    )
    if (process.env.TAP_SNAPSHOT) writeFileSync(file, golden.given + found)
    else t.equal(found, golden.expected)
  })
}
