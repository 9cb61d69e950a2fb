import { loadConfig } from '../../src/config/load.js'
import type { Config } from '../../src/model/config.js'
import { configSource } from '../config-file.js'
import { noteTexts, type PackedTexts, packTexts } from '../config-texts.js'
import type { Io } from '../io.js'
import { unusable } from '../unusable-config.js'

/** A config without errors but for missing secrets. */
interface PlayedConfig {
  readonly config: Config
  /** The references to the secrets that are missing. */
  readonly missed: readonly string[]
  readonly texts: PackedTexts | undefined
}

/** Throws `UnusableConfig` for one with errors. */
export function loadForPlay(file: string, io: Io): PlayedConfig {
  const missed: string[] = []
  const { source, texts } = noteTexts(configSource(io.env, true))
  const { config, errors } = loadConfig(file, {
    ...source,
    missed: (reference) => missed.push(reference),
  })
  if (!config) throw unusable(errors, file)
  return { config, missed, texts: packTexts(texts) }
}
