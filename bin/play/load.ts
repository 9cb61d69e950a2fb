import { loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { configSource } from '../config-file.js'
import type { Io } from '../io.js'
import { unusable } from '../unusable-config.js'

/** A config without errors but for missing secrets, and the references to those. */
export function loadForPlay(
  file: string,
  io: Io,
): { readonly config: Config; readonly missed: readonly string[] } {
  const missed: string[] = []
  const { config, errors } = loadConfig(file, {
    ...configSource(io.env, true),
    missed: (reference) => missed.push(reference),
  })
  if (!config) throw unusable(errors, file)
  return { config, missed }
}
