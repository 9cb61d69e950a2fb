import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { styleText } from 'node:util'
import { globSync } from 'tinyglobby'
import { type Loaded, loadConfig } from '../src/config/load.js'
import type { Surroundings } from '../src/config/surroundings.js'
import type { Fault, Place } from '../src/fault/fault.js'
import { countFaults, type Paint, printFaults } from '../src/fault/print.js'
import type { Io } from './io.js'

/** The config file unless one is named. */
export function defaultFile(io: Io): string {
  return io.env.DIALSIP_CONFIG || 'config/dialsip.yaml'
}

/** Loads a config from the disk and this process's environment. */
export function load(file: string, io: Io, placeholders = false): Loaded {
  return loadConfig(file, surroundings(io.env, placeholders))
}

/** How patterns find files. */
export const GLOB = { absolute: true, expandDirectories: false } as const

/** The files of the disk and what stands in the environment. */
export function surroundings(variables: Io['env'], placeholders: boolean): Surroundings {
  return {
    // fatal, since a name with a replaced character would match no call; a byte order mark is left out
    read: (path) => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)),
    glob: (pattern) => globSync(pattern, GLOB).sort(),
    variables,
    placeholders,
  }
}

/** Prints the faults and warnings of a config for people, with their number at the end. */
export function showFaults(faults: Loaded['faults'], file: string, out: Io['stderr'], io: Io): void {
  if (faults.length === 0) return
  const printed = printFaults(seenFromHere(faults, file), painter(out, io))
  out.write(`${printed}\n\n${countFaults(faults)}\n`)
}

/** Places name a file as seen from the main one; a terminal and an editor find it by its path as the main one's was given. */
export function seenFromHere(faults: Loaded['faults'], file: string): Fault[] {
  const seen = (place: Place) => ({ ...place, file: join(dirname(file), place.file) })
  return faults.map((fault) => ({
    ...fault,
    place: seen(fault.place),
    ...(fault.other && { other: seen(fault.other) }),
  }))
}

/** Colours only for a person at a terminal (https://no-color.org). */
export function painter(out: Io['stderr'], { env }: Io): Paint {
  const coloured = out.isTTY === true && !env.NO_COLOR
  return coloured
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text
}
