// The layers, from the ground up: nothing imports from a floor above its own. docs/architecture.md says what each is.
export const FLOORS = [
  ['errors'],
  ['sip', 'numbers', 'schedule', 'template', 'twilio', 'xml', 'schema'],
  ['call'],
  ['model'],
  ['dial'],
  ['for-account'],
  ['conditions', 'actions'],
  ['decide', 'answer'],
  ['config'],
  ['state', 'calls'],
  ['explain', 'spec', 'diff'],
  ['account', 'outbound', 'rest', 'firewall'],
  ['importer'],
]

/** Folders of `src`, or files right in it. */
const within = (names) => `^src/(${names.join('|')})(/|\\.ts$)`

const floors = FLOORS.slice(0, -1).map((names, at) => ({
  name: `${names[0]}-is-below`,
  comment: `${names.join(', ')}: knows nothing of the floors above`,
  severity: 'error',
  from: { path: within(names) },
  to: { path: within(FLOORS.slice(at + 1).flat()) },
}))

export default {
  forbidden: [
    ...floors,
    {
      name: 'src-knows-no-edge',
      comment: 'bin → routes → src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: ['^(routes|bin)/', 'node_modules/(@fastify|fastify)/'] },
    },
    {
      name: 'routes-know-no-process',
      comment: 'bin → routes → src',
      severity: 'error',
      from: { path: '^routes/' },
      to: { path: '^bin/' },
    },
    {
      name: 'src-has-floors',
      comment: 'a folder of src is on one of the floors',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: within(FLOORS.flat()) },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
}
