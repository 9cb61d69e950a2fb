import { parseArgs } from 'node:util'
import type { ChangedOverride, OverrideState } from '../../routes/admin/overrides.js'
import { visibleJson } from '../../src/errors/visible.js'
import {
  ADMIN_HELP,
  ADMIN_OPTIONS,
  type AdminClient,
  adminClient,
  RefusedError,
  sayWhere,
} from '../admin-client.js'
import { type Command, complain, type Io, UsageError } from '../io.js'
import { mayBeRefused } from '../may-be-refused.js'
import { table } from '../table.js'
import { userName } from '../user-name.js'

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
Without shared state (state: redis://…) only the replica that answers changes.

  --until TIME     18:00 (by the clock of the schedule; for a route by the clock
                   here), 2h, or ISO 8601
  --note TEXT      why, for those who look
  --author NAME    who sets it; default: the user here, else uid and host
  --kind KIND      schedule or route, where both have the name
  --json           for machines

${ADMIN_HELP}

  dialsip override set office closed --until 18:00 --note "company outing"
`,
  run: mayBeRefused(async function run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const [verb = 'list', ...names] = positionals
    const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (!known) throw new UsageError(`there is no override ${verb}, only set, list and clear`)
    if (known.names.length < names.length)
      throw new UsageError(`override ${verb} takes ${known.names.join(' and ') || 'no names'}`)
    const missing = [
      ...known.names.slice(names.length),
      ...known.needs.filter((flag) => !values[flag]).map((flag) => `--${flag}`),
    ]
    if (missing.length > 0) throw new UsageError(`override ${verb} needs ${missing.join(', ')} as well`)
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
  /** The names that it takes. */
  readonly names: readonly string[]
  /** Options that it cannot do without. */
  readonly needs: readonly ('until' | 'note')[]
  ask(
    client: AdminClient,
    names: readonly string[],
    values: OverrideFlags,
    io: Io,
  ): Promise<readonly OverrideState[]>
}

const VERBS: Readonly<Record<string, Verb | undefined>> = {
  list: { names: [], needs: [], ask: list },
  set: {
    names: ['NAME', 'TO'],
    needs: ['until', 'note'],
    async ask(client, [name, to], { kind, until, note, author }, io) {
      const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions()
      const body = { name, kind, to, until, note, author: author ?? userName(io.env), timezone }
      const { appliesTo, ...set } = await client.post<ChangedOverride>('/api/overrides', body)
      sayWhere(appliesTo, io)
      return [set]
    },
  },
  clear: {
    names: ['NAME'],
    needs: [],
    async ask(client, [name], { kind }, io) {
      const fitting = (await list(client)).filter(
        (one) => one.name === name && one.kind === (kind ?? one.kind),
      )
      if (fitting.length === 0) throw new RefusedError(`"${name}" is not set to anything`)
      if (fitting.length > 1) throw new UsageError(`say --kind: a schedule and a route "${name}" are set`)
      const path = `/api/overrides/${fitting[0]!.kind}/${encodeURIComponent(name!)}`
      const { appliesTo, ...cleared } = await client.delete<ChangedOverride>(path)
      complain(io, clearedText(cleared))
      sayWhere(appliesTo, io)
      return list(client)
    },
  },
}

function clearedText({ kind, name, to, until, author, note }: OverrideState): string {
  return `${kind} ${name} goes by the config again; it was set to ${to} until ${until} by ${author}: ${note}`
}

async function list(client: AdminClient): Promise<readonly OverrideState[]> {
  return (await client.get<{ overrides: readonly OverrideState[] }>('/api/overrides')).overrides
}

const HEAD = ['NAME', 'SET TO', 'UNTIL', 'BY', 'NOTE']

function row({ kind, name, to, until, author, note }: OverrideState): string[] {
  return [`${kind} ${name}`, to, until, author, note]
}
