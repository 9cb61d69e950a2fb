import { deserialize, serialize } from 'node:v8'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { ConfigSource } from '../src/config/config-source.js'

/** The texts that a config is made of, without its secrets: `${…}` is not filled in. All paths are absolute. */
export interface ConfigTexts {
  /** The text of each file that was read; the main file is the first. */
  readonly files: ReadonlyMap<string, string>
  /** The files that each pattern of `include` has named. */
  readonly found: ReadonlyMap<string, readonly string[]>
}

/** Texts of a config as a few bytes, for another thread. */
export type PackedTexts = Uint8Array<ArrayBuffer>

/** Letters of a config that are kept: one of 100,000 routes has some 12 million. */
const MOST_KEPT = 32 * 1024 ** 2

/** A source that notes the texts which are read of it, and no secret. */
export function noteTexts(configSource: ConfigSource): { source: ConfigSource; texts: ConfigTexts } {
  const files = new Map<string, string>()
  const found = new Map<string, readonly string[]>()
  return { source: { ...configSource, read, glob }, texts: { files, found } }

  function read(path: string, secret = false): string {
    const text = configSource.read(path, secret)
    if (!secret) files.set(path, text)
    return text
  }

  function glob(pattern: string): readonly string[] {
    const names = configSource.glob(pattern)
    found.set(pattern, names)
    return names
  }
}

/** Undefined for texts that are too large to be kept. */
export function packTexts(texts: ConfigTexts): PackedTexts | undefined {
  const letters = [...texts.files.values()].reduce((sum, text) => sum + text.length, 0)
  // copied: a small buffer shares its memory with others, and would take them all along
  return letters > MOST_KEPT ? undefined : new Uint8Array(deflateRawSync(serialize(texts), { level: 1 }))
}

/** Reads what `packTexts` wrote. */
export function unpackTexts(packed: PackedTexts): ConfigTexts {
  return deserialize(inflateRawSync(packed))
}

/** Reads these texts alone, neither the disk nor the environment: placeholders are left as they are. */
export function textSource({ files, found }: ConfigTexts): ConfigSource {
  return { read, glob, variables: {}, placeholders: true }

  function read(path: string, secret = false): string {
    const text = secret ? undefined : files.get(path)
    if (text === undefined) throw Object.assign(new Error(`there is no ${path}`), { code: 'ENOENT' })
    return text
  }

  /** A name that is no pattern names itself. */
  function glob(pattern: string): readonly string[] {
    return found.get(pattern) ?? (files.has(pattern) ? [pattern] : [])
  }
}
