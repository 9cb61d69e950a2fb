import path from 'node:path'
import { type Loaded, loadConfig } from '../src/config/load.js'
import type { Config } from '../src/model/config.js'
import { configSource } from './config-file.js'
import type { Io } from './io.js'
import { readText } from './read-text.js'
import { unusable } from './unusable-config.js'

/**
 * Loads a config for a command that places no call: placeholders take the place of missing secrets, which stderr
 * says. `-` is stdin, and what it includes is relative to the working directory.
 */
export function loadWithPlaceholders(file: string, io: Io): Loaded {
  const missing = new Set<string>()
  const around = configSource(io.env, true)
  const stdin = file === '-' ? path.resolve(file) : undefined
  const loaded = loadConfig(file, {
    ...around,
    read: (name) => (name === stdin ? readText('-') : around.read(name)),
    missed: (reference) => missing.add(reference),
  })
  if (missing.size > 0)
    io.stderr.write(`dialsip: placeholders are used for what is not set: ${[...missing].join(', ')}\n`)
  return loaded
}

/** The same for a command that needs a config without errors: throws `UnusableConfig` for any other. */
export function loadOffline(file: string, io: Io): Config {
  const { config, errors } = loadWithPlaceholders(file, io)
  if (config) return config
  throw unusable(errors, file)
}
