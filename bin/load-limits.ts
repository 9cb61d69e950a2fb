import type { ResourceLimits } from 'node:worker_threads'

const MB = 1024 ** 2

/** For calls meanwhile, and for what a thread takes besides its heap. */
const RESERVE = 32 * MB

/** How much more memory a config takes after it was sent from its thread: less of it is shared. Measured: 1.6. */
const HANDED_OVER = 2

/** What there is of memory, in bytes. */
export interface Memory {
  /** Of the container or the machine. */
  readonly left: number
  /** Of the heap of the answering thread, which takes the config in. */
  readonly heapLeft: number
}

/** What a thread that loads a config may take. */
export interface LoadLimits {
  readonly resourceLimits: ResourceLimits
  /** Bytes that a file may have: it is held twice while it is decoded, outside of the heap. */
  readonly fileLimit: number
}

/** Of what is left a thread gets most for its heap. Undefined when there is nothing to load with. */
export function loadLimits({ left }: Memory): LoadLimits | undefined {
  const free = left - RESERVE
  const old = Math.floor((free * 0.8) / MB)
  if (old < 1) return undefined
  const young = Math.min(Math.max(Math.floor((free * 0.1) / MB), 4), 48)
  return {
    resourceLimits: { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young },
    fileLimit: Math.min(Math.floor(free / 4), 256 * MB),
  }
}

/** Whether a config that takes so many bytes where it was made can be taken in. */
export function fits(bytes: number, { left, heapLeft }: Memory): boolean {
  return bytes * HANDED_OVER < Math.min(left - RESERVE, heapLeft)
}
