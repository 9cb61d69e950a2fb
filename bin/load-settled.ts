import { setTimeout as sleep } from 'node:timers/promises'
import { type Loaded, loadConfig } from '../src/config/load.js'
import type { More } from '../src/errors/print.js'
import { configSource } from './config-file.js'
import { noteTexts, type PackedTexts, packTexts } from './config-texts.js'
import type { Disk } from './disk.js'
import type { Io } from './io.js'
import { SeenFiles } from './seen-files.js'

/** A loaded config of which no file was about to change. */
export interface Settled extends Loaded {
  /** Whether something could not be read for a reason that may pass: then another try is worth it. */
  readonly retryable: boolean
  /** What it was made of, without secrets; undefined for more than is kept. */
  readonly texts: PackedTexts | undefined
}

/** What a thread sends of it: of many errors the first ones, without their lines, and how many more there are. */
export interface HandedOver extends Settled {
  readonly more: readonly More[]
}

/** Gives up after so many rounds in which a file has changed. */
const MOST_ROUNDS = 10

/**
 * Loads a config of which no file is being written: what changed within the last second is waited for, and everything
 * is read a second time and must be equal. A file that is half written is often a valid config.
 */
export async function loadSettled(file: string, variables: Io['env'], disk: Disk): Promise<Settled> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const seen = new SeenFiles(disk)
    const { source, texts } = noteTexts(configSource(variables, false, seen))
    const loaded = loadConfig(file, source)
    await sleep(seen.unsettledMs(Date.now()))
    if (seen.isStillTheSame()) return { ...loaded, retryable: seen.retryable, texts: packTexts(texts) }
  }
  throw new Error(`the files of ${file} have changed each of the ${MOST_ROUNDS} times that they were read`)
}
