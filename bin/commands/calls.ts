import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { decidedBy, partiesText, wayText } from '../../routes/call-line.js'
import { clockText } from '../../routes/call-log-line.js'
import type { RecentCall } from '../../src/calls/recent-call.js'
import { visible, visibleJson, visibleLine } from '../../src/errors/visible.js'
import { ADMIN_HELP, ADMIN_OPTIONS, type AdminClient, adminClient } from '../admin-client.js'
import { callTimeline, type RecentCallDetail } from '../call-timeline.js'
import { type Command, type Io, UsageError } from '../io.js'
import { mayBeRefused } from '../may-be-refused.js'
import { table } from '../table.js'

/** How many calls are asked for while they are followed: no more come in between two looks. */
const MOST_FOLLOWED = 500

const POLL_MS = 1_000

/** `dialsip calls`: what the running server has just done. */
export const calls: Command = {
  help: `dialsip calls [--follow] [--outcome OUTCOME] [--route NAME] [options]
dialsip calls SID [--json]

Shows the last calls of a running server, a line a call, the latest at the end;
with a SID one call as a time line. A server knows the calls that it has
answered itself; ask each replica for its own.

  --follow             goes on; prints a call again when something comes of it
  --outcome OUTCOME    calls with a hop of this outcome class or SIP code, and
                       calls that ended so: serverError, 503, answered, reject
  --route NAME         calls of this route; default: calls that no route claims
  --endpoint NAME      calls for which this endpoint rang
  --number PART        calls from or to numbers that hold this
  --limit N            how many; default: 20
  --json               for machines; with --follow a line a call

${ADMIN_HELP}

  dialsip calls --follow --outcome 503
`,
  run: mayBeRefused(async function run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const [sid, ...more] = positionals
    if (more.length > 0) throw new UsageError('calls takes one SID')
    if (!/^\d{1,3}$/.test(values.limit)) throw new UsageError('--limit is a number up to 999')
    const client = adminClient(values, io)
    if (sid !== undefined) await showCall(client, sid, values.json, io)
    else if (values.follow) await follow(client, values, io)
    else await list(client, values, io)
    return 0
  }),
}

const OPTIONS = {
  ...ADMIN_OPTIONS,
  follow: { type: 'boolean' },
  outcome: { type: 'string' },
  route: { type: 'string' },
  endpoint: { type: 'string' },
  number: { type: 'string' },
  limit: { type: 'string', default: '20' },
  json: { type: 'boolean' },
} as const

type CallFlags = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

async function showCall(client: AdminClient, sid: string, json: boolean | undefined, io: Io): Promise<void> {
  const call = await client.get<RecentCallDetail>(`/api/calls/recent/${encodeURIComponent(sid)}`)
  io.stdout.write(json ? `${visibleJson(call)}\n` : callTimeline(call))
}

async function list(client: AdminClient, flags: CallFlags, io: Io): Promise<void> {
  const found = await callsOf(client, flags, flags.limit)
  if (flags.json) io.stdout.write(`${visibleJson(found)}\n`)
  else io.stdout.write(found.length > 0 ? table([HEAD, ...found.toReversed().map(row)]) : 'no calls\n')
}

const HEAD = ['AT', 'FROM', 'TO', 'ROUTE', 'OUTCOME', 'CALL']

function row(call: RecentCall): string[] {
  const { at, from, to, callSid } = call
  return [clockText(at), cut(from || 'anonymous'), cut(to), decidedBy(call), wayText(call), callSid]
}

/** A number is shorter; a SIP address may be as long as its caller likes. */
const WIDEST = 40

function cut(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text
}

/** Ends only with an error: the server has gone, or the process has to end. */
async function follow(client: AdminClient, flags: CallFlags, io: Io): Promise<never> {
  let shown = new Map<string, string>()
  for (let skipped: number | undefined; ; skipped = 0) {
    const found = await callsOf(client, flags, String(MOST_FOLLOWED))
    const lines = found.map((call) => [call.callSid, flags.json ? jsonLine(call) : line(call)] as const)
    const first = skipped ?? Math.max(0, lines.length - Number(flags.limit))
    for (const [callSid, text] of lines.toReversed().slice(first))
      if (shown.get(callSid) !== text) io.stdout.write(text)
    shown = new Map(lines)
    await sleep(POLL_MS)
  }
}

function line(call: RecentCall): string {
  const { at, from, to, callSid } = call
  const parties = partiesText({ from: cut(from), to: cut(to) })
  return `${visible(`${clockText(at)} ${parties}  ${decidedBy(call)}  ${wayText(call)}  ${callSid}`)}\n`
}

function jsonLine(call: RecentCall): string {
  return `${visibleLine(JSON.stringify(call))}\n`
}

async function callsOf(
  client: AdminClient,
  { number, outcome, route, endpoint }: CallFlags,
  limit: string,
): Promise<readonly RecentCall[]> {
  const asked = Object.entries({ limit, number, outcome, route, endpoint })
  const given = asked.filter((pair): pair is [string, string] => pair[1] !== undefined)
  const { calls: found } = await client.get<{ calls: readonly RecentCall[] }>(
    `/api/calls?${new URLSearchParams(given)}`,
  )
  return found
}
