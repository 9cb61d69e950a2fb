import { parseArgs } from 'node:util'
import { ringingNames } from '../../src/dial/find-dial.js'
import { noneCalled } from '../../src/errors/suggest.js'
import {
  readPairs,
  readScenario,
  type Scenario,
  SOMEBODY,
  together,
  WrongQuestion,
} from '../../src/explain/scenario.js'
import type { Config } from '../../src/model/config.js'
import { ALL_UP } from '../../src/model/state.js'
import { chooseFile } from '../choose-file.js'
import { type Command, onlyFile } from '../io.js'
import { mayBeRefused } from '../may-be-refused.js'
import { orWrongUse } from '../or-wrong-use.js'
import { findServer } from '../play/find-server.js'
import { loadForPlay } from '../play/load.js'
import { newSid } from '../play/send.js'
import { showCall } from '../play/show-call.js'

/** `dialsip try`: plays a signed call at a config to its end. */
export const tryCall: Command = {
  help: `dialsip try --to NUMBER [FILE] [--outcome ENDPOINT=503] [options]

Places a signed call as Twilio would and plays it to its end: each request, what
is answered, what comes of each hop. No account is needed, nobody's phone rings.
It goes to the server that listens where the config says; where none does, to
one that is started for this call on loopback, with a throw-away token.

  --to, --from NUMBER          as Twilio sends them: +4930123456, anonymous,
                               sip:alice@acme.sip.twilio.com; default of
                               --from: +15557650002
  --outcome ENDPOINT=OUTCOME   what comes of a hop, again for more; default: it
                               answers. A SIP code, a class (busy, unreachable
                               …), silent, ringing+timeout, canceled, unaccepted
  --refer ENDPOINT=TARGET      the callee transfers the call (SIP REFER), again
                               for more: sip:+4930123456@pbx.example.com
  --param NAME=VALUE           any other webhook parameter, again for more
  --account NAME               the account that calls, by name or SID
  --at TIME                    ISO 8601: another time than now, for a server
                               that is started for this call
  --url URL                    a running server, by its own address
  --start                      starts a server even where one runs, which would
                               count the call in its health and metrics
  --twiml                      every TwiML document
  --json                       for machines
  -c, --config FILE            the config, if it is not the argument

Exit 1 if the server refuses the call or does not answer.

  dialsip try --to +4930123456 --outcome frankfurt=503
`,
  run: mayBeRefused(async function run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const file = chooseFile({ argument: onlyFile('try', positionals), option: values.config }, io)
    const { config, missed } = loadForPlay(file, io)
    const { scenario, refers } = orWrongUse(() => triedCall(values, config))
    const place = await findServer(values, { config, missed, scenario }, io)
    try {
      await showCall(place.side, scenario, { ...values, refers }, io)
      return 0
    } finally {
      await place.close()
    }
  }),
}

const OPTIONS = {
  to: { type: 'string' },
  from: { type: 'string', default: SOMEBODY },
  account: { type: 'string' },
  at: { type: 'string' },
  param: { type: 'string', multiple: true },
  outcome: { type: 'string', multiple: true },
  refer: { type: 'string', multiple: true },
  url: { type: 'string' },
  start: { type: 'boolean', default: false },
  twiml: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  config: { type: 'string', short: 'c' },
} as const

type TryFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

interface TriedCall {
  readonly scenario: Scenario
  readonly refers: ReadonlyMap<string, string>
}

/** Everything that is wrong with the options is said at once. */
function triedCall(
  { to, from, account, at, param = [], outcome = [], refer = [] }: TryFlags,
  config: Config,
): TriedCall {
  const sound = (texts: readonly string[]) => texts.filter((text) => text.indexOf('=') > 0)
  const named = { CallSid: newSid('CA'), ...(to !== undefined && { To: to }), From: from }
  const [scenario, refers] = together<readonly [Scenario, ReadonlyMap<string, string>, unknown, unknown]>([
    () =>
      readScenario(
        config,
        {
          params: { ...readPairs(sound(param), 'param'), ...named },
          account,
          at,
          outcomes: readPairs(sound(outcome), 'outcome'),
        },
        Date.now(),
        ALL_UP,
      ),
    () =>
      new Map(
        together<readonly (readonly [string, string])[]>(refer.map((text) => () => referOf(text, config))),
      ),
    () => readPairs(param, 'param'),
    () => readPairs(outcome, 'outcome'),
  ])
  return { scenario, refers }
}

/** `frankfurt=sip:200@pbx.example.com`. Both sides may hold more of `=`, so the name is one that the config has. */
function referOf(text: string, config: Config): readonly [endpoint: string, target: string] {
  const names = ringingNames(config)
  const name = [...names].find((known) => text.startsWith(`${known}=`)) ?? text.replace(/=.*$/s, '')
  const target = text.slice(name.length + 1)
  if (!TARGET.test(target))
    throw new WrongQuestion(
      `"${text}" is not ENDPOINT=TARGET, such as ${name || 'pbx'}=sip:+4930123456@pbx.example.com`,
    )
  if (!names.has(name)) throw new WrongQuestion(noneCalled('endpoint', name, names))
  return [name, target]
}

/** What a REFER can name (RFC 3515 §2.1): the schemes that Twilio sends on. */
const TARGET = /^<?(?:sips?|tel):[^\s<>]+>?$/i
