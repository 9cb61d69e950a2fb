import { parseArgs } from 'node:util'
import { WORLD } from '../../routes/admin/world.js'
import { pathText } from '../../src/errors/problem.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import type { Config } from '../../src/model/config.js'
import type { CallRequest, RequestFinding } from '../../src/outbound/call-request.js'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import { openAccount } from '../../src/rest/account-api.js'
import { CALL_OPTIONS, optionLines, requestOf } from '../call-options.js'
import { chooseFile } from '../choose-file.js'
import { type Command, complain, type ExitCode, type Io, onlyFile } from '../io.js'
import { loadForRest, tellFailure } from '../rest-config.js'

/** `dialsip call`: an outbound call by Twilio's REST API. */
export const call: Command = {
  help: `dialsip call [FILE] --to PARTY --from ID --dial HOP … [options]

Places a call by Twilio's REST API and prints its SID and status. PARTY is a SIP
URI, an endpoint of the config, or USER@ENDPOINT. When it is answered, it is
joined with each --dial in turn: an endpoint, a group, a SIP URI, a phone
number, or a map as in the config, '{ ring: [frankfurt, dublin] }'. Or it gets
what --route, --url, --twiml or --application-sid says.

  --dry-run           shows the request, places no call
  --json              for machines
  -c, --config FILE   the config, if it is not the argument

Exit 1 if Twilio refuses the call or is not reached, 2 if the request is wrong.
All its mistakes are said at once.

  dialsip call --to 100@frankfurt --from +15551230001 --dial +491701234567

${optionLines()}
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const file = chooseFile({ argument: onlyFile('call', positionals), option: values.config }, io)
    const config = loadForRest(file, io)
    const { request: written, mistakes } = requestOf(values)
    const { request, errors, warnings } = checkCallRequest(written, config)
    for (const line of [...mistakes, ...[...errors, ...warnings].map(lineOf)]) complain(io, line)
    if (!request || mistakes.length > 0) return 2
    if (values['dry-run']) return show(request, io)
    return place(request, config, values.json === true, io)
  },
}

const OPTIONS = {
  ...CALL_OPTIONS,
  config: { type: 'string', short: 'c' },
  'dry-run': { type: 'boolean' },
  json: { type: 'boolean' },
} as const

function lineOf({ path, problem }: RequestFinding): string {
  const key = path.length > 0 ? `${pathText(path)}: ` : ''
  const help = problem.help === undefined || problem.message.endsWith('?') ? '' : `; ${problem.help}`
  return key + problem.message + help
}

/** The password is not shown. */
function show({ account, parameters }: CallRequest, io: Io): ExitCode {
  const { sipAuthPassword, ...open } = parameters
  const shown = { account, ...open, ...(sipAuthPassword !== undefined && { sipAuthPassword: '…' }) }
  io.stdout.write(`${visibleJson(shown)}\n`)
  return 0
}

async function place(
  { account: sid, parameters }: CallRequest,
  config: Config,
  json: boolean,
  io: Io,
): Promise<ExitCode> {
  const account = config.accounts.find((one) => one.sid === sid)!
  try {
    const api = await openAccount(account, config.twilio, WORLD)
    const placed = await api.createCall(parameters)
    io.stdout.write(`${json ? visibleJson(placed) : visible(`${placed.sid} ${placed.status}`)}\n`)
    return 0
  } catch (error) {
    return tellFailure(error, io)
  }
}
