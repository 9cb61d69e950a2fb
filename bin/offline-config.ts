import type { Config } from '../src/config/config.js'
import { loadConfig } from '../src/config/load.js'
import { surroundings } from './config-file.js'
import { type Io, UsageError } from './io.js'

/**
 * Loads a config for a command that places no call: secrets that are missing are placeholders, which stderr says.
 * Throws `UsageError`, in one line, for a config with faults.
 */
export function loadOffline(file: string, io: Io): Config {
  const missing = new Set<string>()
  const { config, faults } = loadConfig(file, {
    ...surroundings(io.env, true),
    missed: (name) => missing.add(name),
  })
  if (missing.size > 0)
    io.stderr.write(`dialsip: placeholders stand for what is not set: ${[...missing].join(', ')}\n`)
  if (config) return config
  const wrong = faults.filter(({ level }) => level === 'fault')
  const others = wrong.length > 1 ? ` and ${wrong.length - 1} more` : ''
  throw new UsageError(`${file} has faults: ${wrong[0]!.message}${others}; dialsip check ${file} shows them`)
}
