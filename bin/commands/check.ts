import { parseArgs } from 'node:util'
import { defaultFile, load, showFaults } from '../config-file.js'
import type { Command } from '../io.js'

/** `dialsip check`: everything that is wrong with a config, at once. */
export const check: Command = {
  says: 'prints every fault and warning of a config',
  help: `dialsip check [FILE] [--strict]

Prints every fault and warning of the config at once, each with its place and a cure.
Exit 1 on a fault; with --strict on a warning too.

  dialsip check config/dialsip.yaml
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { strict: { type: 'boolean' }, config: { type: 'string', short: 'c' } },
      allowPositionals: true,
    })
    const file = positionals[0] ?? values.config ?? defaultFile(io)
    const { config, faults } = load(file, io)
    showFaults(faults, io.stdout, io)
    if (config)
      io.stdout.write(`${file}: ok, ${config.routes.size} routes, ${config.endpoints.size} endpoints\n`)
    return config && !(values.strict && faults.length > 0) ? 0 : 1
  },
}
