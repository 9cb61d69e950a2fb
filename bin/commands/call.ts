import { parseArgs } from 'node:util'
import { WORLD } from '../../routes/admin/world.js'
import { pathText } from '../../src/errors/problem.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import type { Config } from '../../src/model/config.js'
import type { CallRequest, RequestFinding } from '../../src/outbound/call-request.js'
import { checkCallRequest } from '../../src/outbound/check-request.js'
import { openAccount } from '../../src/rest/account-api.js'
import { CALL_OPTIONS, optionLines, requestOf } from '../call-options.js'
import { defaultFile } from '../config-file.js'
import { type Command, complain, type ExitCode, type Io } from '../io.js'
import { loadForRest, tellFailure } from '../rest-config.js'

/** `dialsip call`: an outbound call by Twilio's REST API. */
export const call: Command = {
  help: `dialsip call --to SIP_URI --from ID (--url URL | --twiml TWIML | --application-sid AP | --route NAME | --dial HOP …)

Places a call by Twilio's REST API and prints its SID and status. --to is a SIP URI, an endpoint of the config, or
USER@ENDPOINT. When it is answered, Twilio fetches --url, runs --twiml, or joins it: with what a route does, or with
each --dial in turn, which may be a map as in the config: '{ ring: [frankfurt, dublin] }'. --header NAME=VALUE adds a SIP
header. --dry-run shows the request and places no call; --json prints for machines. Exit 1 if Twilio refuses the call,
2 if the request is wrong.

${optionLines()}
  --config --dry-run --json

  dialsip call --to 100@frankfurt --from +15551230001 --dial +491701234567
`,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...CALL_OPTIONS,
        config: { type: 'string', short: 'c' },
        'dry-run': { type: 'boolean' },
        json: { type: 'boolean' },
      },
    })
    const config = loadForRest((values.config as string | undefined) ?? defaultFile(io), io)
    const { request, errors, warnings } = checkCallRequest(requestOf(values), config)
    for (const finding of [...errors, ...warnings]) complain(io, lineOf(finding))
    if (!request) return 2
    if (values['dry-run']) return show(request, io)
    return place(request, config, values.json === true, io)
  },
}

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
