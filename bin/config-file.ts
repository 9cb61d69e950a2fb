import { dirname, join } from 'node:path'
import { styleText } from 'node:util'
import type { ConfigSource } from '../src/config/config-source.js'
import { type Loaded, loadConfig } from '../src/config/load.js'
import { countErrors, type Paint, printErrors } from '../src/errors/print.js'
import type { ConfigError, Place } from '../src/errors/problem.js'
import { type Disk, diskOf } from './disk.js'
import type { Io } from './io.js'

/** Loads a config from the disk and this process's environment. */
export function load(file: string, io: Io, placeholders = false): Loaded {
  return loadConfig(file, configSource(io.env, placeholders))
}

/** The files of the disk and the variables of the environment. */
export function configSource(
  variables: Io['env'],
  placeholders: boolean,
  disk: Disk = diskOf(),
): ConfigSource {
  return {
    // an invalid byte is an error: a name with a replaced character would match no call; a byte order mark is left out
    read: (path, secret) => new TextDecoder('utf-8', { fatal: true }).decode(disk.read(path, secret).bytes),
    glob: (pattern) => disk.find(pattern),
    variables,
    placeholders,
  }
}

/** Prints the errors and warnings of a config for people, with their number at the end. */
export function showErrors(errors: Loaded['errors'], file: string, out: Io['stderr'], io: Io): void {
  if (errors.length === 0) return
  const printed = printErrors(seenFromHere(errors, file), painter(out, io))
  out.write(`${printed}\n\n${countErrors(errors)}\n`)
}

/**
 * Places name a file relative to the main one. Here its path is added as it was given, so that terminals and editors
 * find the file.
 */
export function seenFromHere(errors: Loaded['errors'], file: string): ConfigError[] {
  const seen = (place: Place) => ({ ...place, file: join(dirname(file), place.file) })
  return errors.map((error) => ({
    ...error,
    place: seen(error.place),
    ...(error.other && { other: seen(error.other) }),
  }))
}

/** Colours only for a person at a terminal (https://no-color.org). */
export function painter(out: Io['stderr'], { env }: Io): Paint {
  const coloured = out.isTTY === true && !env.NO_COLOR
  return coloured
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text
}
