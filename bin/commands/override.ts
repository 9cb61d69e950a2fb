import { parseArgs } from 'node:util'
import type { OverrideState } from '../../routes/admin/overrides.js'
import { visibleJson } from '../../src/errors/visible.js'
import { ADMIN_HELP, ADMIN_OPTIONS, type AdminClient, adminClient, RefusedError } from '../admin-client.js'
import { type Command, type Io, UsageError } from '../io.js'
import { table } from '../table.js'
import { answering } from './answering.js'

const OPTIONS = {
  ...ADMIN_OPTIONS,
  until: { type: 'string' },
  note: { type: 'string' },
  author: { type: 'string' },
  kind: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** `dialsip override`: what holds instead of the config for a while. */
export const override: Command = {
  help: `dialsip override set SCHEDULE open|closed --until TIME --note TEXT
dialsip override set ROUTE ACTION --until TIME --note TEXT
dialsip override list [--json]
dialsip override clear NAME

Sets a schedule or a route of a running server to something else for a while.

  --until TIME     18:00 (by the clock of the schedule; for a route by the clock
                   here), 2h, or ISO 8601
  --note TEXT      why, for those who look
  --author NAME    default: the user of this shell
  --kind KIND      schedule or route, where both have the name
  --json           for machines

${ADMIN_HELP}

  dialsip override set office closed --until 18:00 --note "company outing"
`,
  run: answering(async function run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const [verb = 'list', ...names] = positionals
    const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (known?.names !== names.length)
      throw new UsageError('write: override set NAME TO, override list or override clear NAME')
    const overrides = await known.ask(adminClient(values, io), names, values, io)
    if (values.json) io.stdout.write(`${visibleJson(overrides)}\n`)
    else io.stdout.write(overrides.length > 0 ? table([HEAD, ...overrides.map(row)]) : 'nothing is set\n')
    return 0
  }),
}

interface OverrideFlags {
  readonly until?: string
  readonly note?: string
  readonly author?: string
  readonly kind?: string
}

interface Verb {
  /** How many names it takes. */
  readonly names: number
  ask(
    client: AdminClient,
    names: readonly string[],
    values: OverrideFlags,
    io: Io,
  ): Promise<readonly OverrideState[]>
}

const VERBS: Readonly<Record<string, Verb | undefined>> = {
  list: { names: 0, ask: list },
  set: {
    names: 2,
    async ask(client, [name, to], { kind, until, note, author }, { env }) {
      const by = author ?? env.USER ?? env.LOGNAME
      if (!until || !note || !by)
        throw new UsageError('an override needs --until and --note, and --author where the user has no name')
      const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions()
      return [await client.post('/api/overrides', { name, kind, to, until, note, author: by, timezone })]
    },
  },
  clear: {
    names: 1,
    async ask(client, [name], { kind }) {
      const fitting = (await list(client)).filter(
        (one) => one.name === name && one.kind === (kind ?? one.kind),
      )
      if (fitting.length === 0) throw new RefusedError(`"${name}" is not set to anything`)
      if (fitting.length > 1) throw new UsageError(`say --kind: a schedule and a route "${name}" are set`)
      await client.delete(`/api/overrides/${fitting[0]!.kind}/${encodeURIComponent(name!)}`)
      return list(client)
    },
  },
}

async function list(client: AdminClient): Promise<readonly OverrideState[]> {
  return (await client.get<{ overrides: readonly OverrideState[] }>('/api/overrides')).overrides
}

const HEAD = ['NAME', 'SET TO', 'UNTIL', 'BY', 'NOTE']

function row({ kind, name, to, until, author, note }: OverrideState): string[] {
  return [`${kind} ${name}`, to, until, author, note]
}
