import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { type Call, parseCall } from '../src/call/call.js'
import type { Config } from '../src/config/config.js'
import { type Compared, diffConfigs } from '../src/diff/diff.js'
import { printReport } from '../src/diff/print.js'
import { type Report, reportOf } from '../src/diff/report.js'
import { lookUp } from '../src/numbers/look-up.js'
import { advance } from '../src/routing/advance.js'
import { decide } from '../src/routing/decide.js'
import type { Decision, DialStep } from '../src/routing/decision.js'
import { resume } from '../src/routing/resume.js'
import { screenFor } from '../src/routing/screen-for.js'
import type { State } from '../src/routing/state.js'
import { screenTwiml } from '../src/twiml/screen.js'
import { TwimlWriter } from '../src/twiml/writer.js'
import { anyCall, compiled, compiledText, mutated, sourceOf } from './diff-configs.js'

const AT = Date.parse('2026-11-20T10:00:00+01:00')
const HOUR = 3_600_000

/** TwiML without what only dialsip itself reads: the queries of the URLs that lead back. */
function noticed(config: Config, call: Call, decision: Decision): string {
  const twiml = new TwimlWriter(config.publicUrl).write(decision.steps)
  const screens = decision.steps.flatMap((step) => {
    const asked = step.verb === 'dial' && screenFor(config, step.plan, call)
    return asked ? screenTwiml(asked.screen, asked.text, 'url') : []
  })
  return [twiml, ...screens].join('\n').replace(/(voice\.example\.com\/\w+)\?[^"]*/g, '$1')
}

/** Follows a call through both configs with the same outcomes; true where anybody notices a difference. */
function goesApart(both: Pair, call: Call, now: number, state: State, codes: readonly number[]): boolean {
  let decisions = both.map((config) => decide(config, call, now, state))
  for (const code of [...codes, undefined]) {
    const [old, other] = decisions.map((decision, at) => noticed(both[at]!, call, decision))
    if (old !== other) return true
    const next = both.map((config, at) => follow(config, call, decisions[at]!, code, state))
    if (code === undefined || next.some((decision) => decision === undefined)) return false
    decisions = next as Decision[]
  }
  return false
}

type Pair = readonly [Config, Config]

function follow(config: Config, call: Call, { steps }: Decision, code: number | undefined, state: State) {
  const record = steps.find((step) => step.verb === 'record')
  if (record) return resume(config, call, record.resume, state)
  const dial = steps.find((step): step is DialStep => step.verb === 'dial')
  const outcome = { status: 'failed', code, rang: false, bridged: undefined }
  return dial && advance(config, call, dial.plan, outcome, state)
}

function says({ differences, unsure, settings }: Compared, both: Pair, call: Call): boolean {
  const [old, other] = both.map((config) => lookUp(config.numbers, call.to)?.claim.route ?? '')
  const pairs = [...unsure, ...differences.flatMap(({ affected }) => affected)].map(({ pair }) => pair)
  return settings.length > 0 || pairs.some((pair) => pair.old === old && pair.new === other)
}

t.test('diff is never silent when a call changes', async (t) => {
  const codes = fc.array(fc.constantFrom(503, 404, 486, 408, 603, 200, 480), { maxLength: 5 })
  const times = fc.oneof(fc.integer({ min: 0, max: 400 * 24 }), fc.integer({ min: 0, max: 10_000 * 24 }))
  const calls = fc.array(fc.tuple(anyCall, times, codes, fc.subarray(['e0', 'e1', 'e2'])), {
    minLength: 20,
    maxLength: 40,
  })
  const seen = { changed: 0, same: 0, silent: 0 }
  fc.assert(
    fc.property(mutated, calls, ([before, after], all) => {
      const both: Pair = [compiled(sourceOf(before)), compiled(sourceOf(after))]
      const compared = diffConfigs({ old: both[0], new: both[1] }, AT)
      if (compared.differences.length + compared.unsure.length === 0) seen.silent += 1
      return all.every(([{ ForwardedFrom, ...params }, hours, outcomes, down]) => {
        const forwarded: Record<string, string> = ForwardedFrom === undefined ? {} : { ForwardedFrom }
        const { call } = parseCall({ AccountSid: 'AC', ...params, ...forwarded }) as { call: Call }
        const state: State = { standing: (name) => (down.includes(name) ? 'ejected' : 'up') }
        const apart = goesApart(both, call, AT + hours * HOUR, state, outcomes)
        seen[apart ? 'changed' : 'same'] += 1
        return !apart || says(compared, both, call)
      })
    }),
    {
      numRuns: Number(process.env.RUNS ?? 150),
      endOnFailure: !process.env.SHRINK,
      interruptAfterTimeLimit: 40_000,
    },
  )
  t.comment(seen)
})

const CASES = new URL('./diff/', import.meta.url)
const HEAD = `publicUrl: https://voice.example.com
accounts: [{ sid: ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, authTokens: ["\${TOKEN}"] }]
`
const RULE = '--------\n'
const FILES = { old: 'old.yaml', new: 'new.yaml' }

function withHead(text: string): string {
  return text.startsWith('publicUrl') ? text : HEAD + text
}

function reported(old: string, other: string): Report {
  const both = { old: compiledText(withHead(old)), new: compiledText(withHead(other)) }
  return reportOf(both, FILES, diffConfigs(both, AT))
}

/** Each file: the old config, the new one and what is printed, parted by lines of dashes. UPDATE=1 writes the last. */
for (const file of readdirSync(CASES).filter((name) => name.endsWith('.txt'))) {
  t.test(`diff of ${file}`, async (t) => {
    const url = new URL(file, CASES)
    const [old = '', other = '', expected] = readFileSync(url, 'utf8').split(RULE)
    const printed = printReport(reported(old, other), (_style, text) => text)
    if (process.env.UPDATE) writeFileSync(url, [old, other, printed].join(RULE))
    else t.equal(printed, expected)
  })
}
