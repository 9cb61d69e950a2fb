import { parseArgs } from 'node:util'
import type { ServerStatus } from '../../routes/admin/status.js'
import { count, type Paint } from '../../src/errors/print.js'
import { visibleAll, visibleJson } from '../../src/errors/visible.js'
import { ADMIN_HELP, ADMIN_OPTIONS, adminClient } from '../admin-client.js'
import { painter } from '../config-file.js'
import { type Command, UsageError } from '../io.js'
import { mayBeRefused } from '../may-be-refused.js'

/** `dialsip status`: how the running server is, on one screen. */
export const status: Command = {
  help: `dialsip status [--json]

Shows whether the server is up, which config it runs by and since when, the
endpoints that are not up, overrides with what is left of them, and what was
refused: configs and signatures.

Exit 1 when something is wrong: the server cannot be reached, the config on disk
was refused, an endpoint is ejected, the shared state cannot be reached, or
webhooks came and none had a good signature.

  --json              for machines

${ADMIN_HELP}

  dialsip status
`,
  run: mayBeRefused(async function run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...ADMIN_OPTIONS, json: { type: 'boolean' } },
      allowPositionals: true,
    })
    if (positionals.length > 0) throw new UsageError('status takes no argument')
    const found = await adminClient(values, io).get<ServerStatus>('/api/status')
    const parts = partsOf(visibleAll(found))
    io.stdout.write(values.json ? `${visibleJson(found)}\n` : screen(parts, painter(io.stdout, io)))
    return parts.some(({ wrong }) => wrong) ? 1 : 0
  }),
}

/** A part of the screen: a line, and what is listed below it. */
interface StatusPart {
  readonly name: string
  readonly says: string
  readonly wrong?: boolean
  readonly below?: readonly string[]
}

function partsOf(server: ServerStatus): StatusPart[] {
  return [
    { name: 'server', says: `up for ${spanText(msBetween(server.startedAt, server.now))}` },
    {
      name: 'config',
      says: `${server.file} ${server.revision}, loaded ${ago(server.since, server)}; ${count(server.routes, 'route')}`,
    },
    ...reloadPart(server),
    endpointsPart(server),
    overridesPart(server),
    signaturesPart(server),
    ...sharedPart(server),
  ]
}

/** How many errors of a refused config are listed; `check` shows them all. */
const MOST_ERRORS = 5

function reloadPart(server: ServerStatus): StatusPart[] {
  const { successful, failure, at, errors, needsRestart } = server.reload
  const restart = { name: 'restart', says: `needed for ${needsRestart.join(', ')}` }
  const refused = {
    name: 'refused',
    says: `the config on disk, ${ago(at, server)}: ${failure}`,
    wrong: true,
    below: errors.slice(0, MOST_ERRORS).map(({ place, message }) => `${place} ${message}`),
  }
  return [...(successful ? [] : [refused]), ...(needsRestart.length > 0 ? [restart] : [])]
}

function endpointsPart({ endpoints, notUp, now }: ServerStatus): StatusPart {
  return {
    name: 'endpoints',
    says: `${endpoints - notUp.length} of ${endpoints} up`,
    wrong: notUp.some(({ state }) => state === 'ejected'),
    below: notUp.map(({ name, state, until, reason }) => {
      const left = until === undefined ? '' : ` for another ${spanText(msBetween(now, until))}`
      return `${name} is ${state}${left}${reason === '' ? '' : `: ${reason}`}`
    }),
  }
}

function overridesPart({ overrides, now }: ServerStatus): StatusPart {
  return {
    name: 'overrides',
    says: overrides.length === 0 ? 'none' : String(overrides.length),
    below: overrides.map(
      ({ kind, name, to, until, author, note }) =>
        `${kind} ${name} is ${to} for another ${spanText(msBetween(now, until))}, by ${author}: ${note}`,
    ),
  }
}

function signaturesPart(server: ServerStatus): StatusPart {
  const { accepted, refused } = server.signatures
  const all = refused.reduce((sum, { count }) => sum + count, 0)
  return {
    name: 'webhooks',
    says: `${accepted} with a good signature, ${all} refused`,
    wrong: accepted === 0 && all > 0,
    below: refused.map(
      ({ reason, count, at, path, says }) =>
        `${count} × ${reason}, the last ${ago(at, server)} at ${path}: ${says}`,
    ),
  }
}

function sharedPart({ shared }: ServerStatus): StatusPart[] {
  if (!shared) return []
  return [{ name: 'shared', says: shared.up ? 'state is shared' : shared.reason, wrong: !shared.up }]
}

const WIDTH = 'overrides'.length

function screen(parts: readonly StatusPart[], paint: Paint): string {
  const lines = parts.flatMap(({ name, says, wrong = false, below = [] }) => [
    `${paint('bold', name.padEnd(WIDTH))}  ${wrong ? paint('red', says) : says}`,
    ...below.map((line) => `${' '.repeat(WIDTH)}    ${line}`),
  ])
  return lines.map((line) => `${line}\n`).join('')
}

function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from)
}

function ago(at: string, { now }: ServerStatus): string {
  return `${spanText(msBetween(at, now))} ago`
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** A length of time by its two largest units: `1 h 20 min`. */
function spanText(ms: number): string {
  let left = Math.max(0, Math.round(ms / 1000))
  const parts = UNITS.map(([unit, size]) => {
    const whole = Math.floor(left / size)
    left %= size
    return whole > 0 ? `${whole} ${unit}` : ''
  })
  const first = parts.findIndex((part) => part !== '')
  return first < 0
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .filter(Boolean)
        .join(' ')
}
