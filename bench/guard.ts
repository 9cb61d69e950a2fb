import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TwimlWriter } from '../src/actions/twiml-writer.js'
import { parseCall } from '../src/call/call.js'
import { decide } from '../src/decide.js'
import { ALL_UP } from '../src/model/state.js'
import { parseForm } from '../src/twilio/form.js'
import { isSigned, signingKey } from '../src/twilio/signature.js'
import { TOKEN, writeConfig } from './material/config.js'
import { load } from './material/material.js'
import { signedWebhooks } from './material/webhooks.js'
import { nanoseconds } from './process/time.js'
import { median, ratios, withSpread } from './statistics.js'

// `npm run bench:guard`: the way of one call, from form to TwiML, next to a fixed piece of work in the same process.
// Only their ratio counts, so the speed of the machine does not. Exit 1 when the way has become too long.

/** The ratio is about 1.35 on Node 20; a way that takes twice as long is seen, noise is not. */
const MOST = 2.5

const ROUNDS = 25
const URL = 'https://voice.example.com/voice'

const webhooks = signedWebhooks(500, 1000)
let at = 0

function next() {
  at = (at + 1) % webhooks.length
  return webhooks[at]!
}

const folder = mkdtempSync(join(tmpdir(), 'dialsip-guard-'))
const config = load(
  writeConfig(folder, 'guard', { routes: 100, numbers: 1000, listed: 'csv', ownUriEvery: 0 }),
)
rmSync(folder, { recursive: true })
const keys = [signingKey(TOKEN)]
const writer = new TwimlWriter(config.publicUrl)

function way(): string {
  const { body, signature } = next()
  const form = parseForm(body)
  const parsed = parseCall(form)
  if (!isSigned(keys, signature, URL, form) || 'missing' in parsed)
    throw new Error('a good webhook is refused')
  return writer.write(decide(config, parsed.call, 0, ALL_UP).steps)
}

/** Work of the same kind with nothing of ours in it: a form, a hash, a sorted list, a map and a text. */
function reference(): string {
  const { body } = next()
  const params = new Map(new URLSearchParams(body))
  const sorted = [...params.keys()].sort().map((name) => name + params.get(name))
  const digest = createHash('sha1').update(sorted.join('')).digest('hex')
  return `<Reference digest="${digest}">${encodeURIComponent(params.get('From')!)}</Reference>`
}

const results = nanoseconds({ way, reference }, ROUNDS)
const ratio = median(ratios(results.way, results.reference))
process.stdout.write(
  `the way of a call: ${withSpread(results.way)} ns; the reference: ${withSpread(results.reference)} ns\n` +
    `ratio ${ratio.toFixed(2)}, at most ${MOST}\n`,
)
process.exitCode = ratio <= MOST ? 0 : 1
