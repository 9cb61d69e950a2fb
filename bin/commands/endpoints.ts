import { parseArgs } from 'node:util'
import type { ChangedEndpoint, EndpointState } from '../../routes/admin/endpoints.js'
import { visibleJson } from '../../src/errors/visible.js'
import { ADMIN_HELP, ADMIN_OPTIONS, type AdminClient, adminClient, sayWhere } from '../admin-client.js'
import { type Command, UsageError } from '../io.js'
import { mayBeRefused } from '../may-be-refused.js'
import { table } from '../table.js'

/** `dialsip endpoints`: the endpoints of a running server with their state, and taking one out or back in. */
export const endpoints: Command = {
  help: `dialsip endpoints [--json]
dialsip endpoints drain NAME [--reason TEXT] [--until TIME]
dialsip endpoints restore NAME

Shows how the endpoints of a running server are, takes one out and back in. A
drained endpoint is tried only when no other is left. Restoring ends an ejection
as well.

  --until TIME    18:00 (by the clock here), 2h, or ISO 8601; default: until it
                  is restored
  --reason TEXT   why, for those who look
  --json          for machines

${ADMIN_HELP}

  dialsip endpoints drain frankfurt --reason "new firmware" --until 22:00
`,
  run: mayBeRefused(async function run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...ADMIN_OPTIONS,
        json: { type: 'boolean' },
        reason: { type: 'string' },
        until: { type: 'string' },
      },
      allowPositionals: true,
    })
    const [verb = 'list', name = '', ...rest] = positionals
    const ask = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    if (!ask || rest.length > 0 || (verb !== 'list') !== (name !== ''))
      throw new UsageError('write: endpoints, endpoints drain NAME or endpoints restore NAME')
    const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions()
    const { reason, until } = values
    const { states, appliesTo } = await ask(adminClient(values, io), encodeURIComponent(name), {
      reason,
      until,
      timezone,
    })
    if (appliesTo) sayWhere(appliesTo, io)
    io.stdout.write(values.json ? `${visibleJson(states)}\n` : table([HEAD, ...states.map(row)]))
    return 0
  }),
}

interface EndpointAnswer {
  readonly states: readonly EndpointState[]
  /** Of a change. */
  readonly appliesTo?: ChangedEndpoint['appliesTo']
}

type Ask = (client: AdminClient, name: string, drain: object) => Promise<EndpointAnswer>

const VERBS: Readonly<Record<string, Ask | undefined>> = {
  async list(client) {
    const { endpoints: states } = await client.get<{ endpoints: readonly EndpointState[] }>('/api/endpoints')
    return { states }
  },
  drain: async (client, name, drain) => changed(await client.post(`/api/endpoints/${name}/drain`, drain)),
  restore: async (client, name) => changed(await client.post(`/api/endpoints/${name}/restore`, {})),
}

function changed({ appliesTo, ...state }: ChangedEndpoint): EndpointAnswer {
  return { states: [state], appliesTo }
}

const HEAD = ['ENDPOINT', 'STATE', 'CALLS', 'UNTIL', 'REASON']

function row({ name, state, calls, maxCalls, until, reason }: EndpointState): string[] {
  return [name, state, maxCalls ? `${calls}/${maxCalls}` : String(calls), until ?? '-', reason || '-']
}
