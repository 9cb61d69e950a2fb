import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { complain, type Io, UsageError } from './io.js'

/** Where a config is looked for unless one is named. */
const DEFAULTS = ['dialsip.yaml', 'config/dialsip.yaml']

/** What a command line says of the config: its argument, and `-c`. */
interface NamedConfig {
  readonly argument?: string | undefined
  readonly option?: string | undefined
}

/**
 * The config of a command: its argument, else `-c`, else `$DIALSIP_CONFIG`, else the first default that exists. Throws
 * `UsageError` where there is none, which says what was looked for and what is there.
 */
export function chooseFile({ argument, option }: NamedConfig, io: Io): string {
  const named = argument ?? option ?? (io.env.DIALSIP_CONFIG || undefined)
  const file = named ?? DEFAULTS.find((name) => existsSync(name))
  if (file === undefined) throw new UsageError(nothingFound())
  if (file !== '-' && !existsSync(file)) complain(io, `${file} does not exist; ${whatIsIn(dirname(file))}`)
  return file
}

function nothingFound(): string {
  const there = DEFAULTS.map((name) => dirname(name)).filter((folder) => existsSync(folder))
  return `no config: looked for ${DEFAULTS.join(' and ')}, and DIALSIP_CONFIG is not set; ${there.map(whatIsIn).join('; ')}; name a FILE, or write one with dialsip init`
}

function whatIsIn(folder: string): string {
  const called = folder === '.' ? 'this folder' : folder
  const files = filesIn(folder)?.filter((name) => /\.ya?ml$/.test(name))
  if (!files) return `${called} is not a readable folder`
  if (files.length === 0) return `${called} has no .yaml file`
  const shown = files.slice(0, MOST_SHOWN).join(', ')
  return `${called} has ${shown}${files.length > MOST_SHOWN ? `, … (${files.length} in all)` : ''}`
}

const MOST_SHOWN = 8

function filesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}
