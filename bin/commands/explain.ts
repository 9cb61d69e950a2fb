import { parseArgs } from 'node:util'
import { visibleJson } from '../../src/errors/visible.js'
import { explainer } from '../../src/explain/explain.js'
import { printExplanation, printShort } from '../../src/explain/print.js'
import {
  type ExplainRequest,
  type RecordedRequest,
  readPairs,
  readRequest,
  readScenario,
  SOMEBODY,
} from '../../src/explain/scenario.js'
import { ALL_UP } from '../../src/model/state.js'
import { chooseFile } from '../choose-file.js'
import { painter } from '../config-file.js'
import { type Command, onlyFile } from '../io.js'
import { loadOffline } from '../offline-config.js'
import { orWrongUse } from '../or-wrong-use.js'
import { readText } from '../read-text.js'

/** `dialsip explain`: why a call would go where it goes, without a call. */
export const explain: Command = {
  help: `dialsip explain --to NUMBER [FILE] [--from NUMBER] [--at TIME] [options]

Shows which route and rule take a call and why not the others, each hop with
what makes the next one ring, and the TwiML of every step. It runs the code that
answers Twilio. No call is placed; no secret is needed or shown.

  --to, --from NUMBER          as Twilio sends them: +4930123456, anonymous,
                               sip:alice@acme.sip.twilio.com; default of
                               --from: +15557650002
  --account NAME               the account that calls, by name or SID; default:
                               the one of the number's route
  --at TIME                    2026-11-20 (its noon), 18:30, "fri 18:30" or ISO
                               8601; without an offset by the clock of the
                               schedules; default: now
  --param NAME=VALUE           any other webhook parameter, again for more
  --request FILE               a recorded webhook: a form body, JSON, or a line
                               of dialsip's log; - for stdin
  --outcome ENDPOINT=OUTCOME   what comes of a hop, again for more; default: it
                               answers. A SIP code, a class (busy, unreachable
                               …), silent, ringing+timeout, canceled, unaccepted
  --down, --drained ENDPOINT   an endpoint that is ejected or drained, again for
                               more
  --short                      in five lines, without TwiML
  --json                       as JSON (docs/explain.md)
  -c, --config FILE            the config, if it is not the argument

  dialsip explain --to +4930123456 --at 2026-12-24T10:00:00+01:00 \\
    --outcome frankfurt=503
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const config = loadOffline(
      chooseFile({ argument: onlyFile('explain', positionals), option: values.config }, io),
      io,
    )
    const scenario = orWrongUse(() => readScenario(config, questionOf(values), Date.now(), ALL_UP))
    const explanation = explainer(config)(scenario)
    const print = values.short ? printShort : printExplanation
    io.stdout.write(
      values.json ? `${visibleJson(explanation)}\n` : print(explanation, painter(io.stdout, io)),
    )
    return 0
  },
}

const OPTIONS = {
  to: { type: 'string' },
  from: { type: 'string' },
  account: { type: 'string' },
  at: { type: 'string' },
  param: { type: 'string', multiple: true },
  request: { type: 'string' },
  outcome: { type: 'string', multiple: true },
  down: { type: 'string', multiple: true },
  drained: { type: 'string', multiple: true },
  short: { type: 'boolean' },
  json: { type: 'boolean' },
  config: { type: 'string', short: 'c' },
} as const

type ExplainFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

const NOTHING: RecordedRequest = { params: {}, at: undefined }

/** The command line wins over what was recorded. */
function questionOf({
  to,
  from,
  account,
  at,
  param = [],
  request,
  outcome = [],
  down,
  drained,
}: ExplainFlags): ExplainRequest {
  const recorded = request === undefined ? NOTHING : readRequest(readText(request))
  return {
    params: {
      ...(request === undefined && { From: SOMEBODY }),
      ...recorded.params,
      ...readPairs(param, 'param'),
      ...(to !== undefined && { To: to }),
      ...(from !== undefined && { From: from }),
    },
    account,
    at: at ?? recorded.at,
    outcomes: readPairs(outcome, 'outcome'),
    down,
    drained,
  }
}
