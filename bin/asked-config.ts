import path from 'node:path'
import type { z } from 'zod'
import { askedConfig } from '../routes/admin/compare.js'
import { readBody, refusal as refused } from '../routes/admin/read-request.js'
import type { ConfigSource } from '../src/config/config-source.js'
import { type Loaded, loadConfig } from '../src/config/load.js'
import { configSource } from './config-file.js'
import { type ConfigTexts, noteTexts, textSource } from './config-texts.js'
import { diskOf, SERVER_PATIENCE_MS } from './disk.js'

type ConfigRequest = z.output<typeof askedConfig>

/** A config that is compared with the running one. */
export interface AskedConfig {
  /** What the main file is called. */
  readonly name: string
  /** The absolute path of the main file. */
  readonly main: string
  /** The texts of its files, by their absolute paths. */
  readonly files: ConfigTexts['files']
  readonly loaded: Loaded
}

/** Reads the body of a request. Throws a refusal for one that names no config. */
export function readAsked(body: Uint8Array): ConfigRequest {
  const asked = readBody(askedConfig, parseJson(body)) as ConfigRequest
  const { disk = false, text, file, files, found } = asked
  const sent = [text, file, files, found].some((one) => one !== undefined)
  if (disk && sent) throw refused(400, 'disk goes with no text, file, files or found: it is the running file')
  if (!disk && text === undefined && !files)
    throw refused(400, 'text or files is missing: the YAML of the config')
  return asked
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw refused(400, 'the body is not JSON')
  }
}

/** Loads what a request asks about: the files of the disk where it says so, else texts alone. Never with a secret. */
export function loadAsked(asked: ConfigRequest, running: ConfigTexts): AskedConfig {
  if (asked.disk) return loadFromDisk(mainOf(running))
  const { main, ...texts } = sentTexts(asked, running)
  return { name: asked.file ?? path.basename(main), main, files: texts.files, loaded: loadTexts(main, texts) }
}

/** What a reload would read, with placeholders for the environment and the files of secrets, as in the running texts. */
function loadFromDisk(main: string): AskedConfig {
  const disk = configSource({}, true, diskOf({ patienceMs: SERVER_PATIENCE_MS }))
  const { source, texts } = noteTexts({ ...disk, read })
  return { name: path.basename(main), main, files: texts.files, loaded: loadConfig(main, source) }

  function read(name: string, secret = false): string {
    if (secret) throw Object.assign(new Error(`${name} is not read`), { code: 'ENOENT' })
    return disk.read(name)
  }
}

/** The running texts with those in their place that a request brings. */
function sentTexts(asked: ConfigRequest, running: ConfigTexts): ConfigTexts & { main: string } {
  const absolute = (name: string) => path.resolve(path.dirname(mainOf(running)), name)
  const main = absolute(asked.file ?? mainOf(running))
  const files = new Map(running.files)
  for (const [name, text] of Object.entries(asked.files ?? {})) files.set(absolute(name), text)
  if (asked.text !== undefined) files.set(main, asked.text)
  const found = new Map(running.found)
  for (const [pattern, names] of Object.entries(asked.found ?? {}))
    found.set(absolute(pattern), names.map(absolute))
  return { main, files, found }
}

/** The path of the main file. */
export function mainOf({ files }: ConfigTexts): string {
  const [main] = files.keys()
  return main!
}

/** Loads a config from texts alone: neither the disk nor the environment is read. */
export function loadTexts(main: string, texts: ConfigTexts): Loaded {
  return loadConfig(main, textSource(texts) satisfies ConfigSource)
}
