import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { detach } from '../src/config/config-transfer.js'
import { shownOf } from '../src/errors/print.js'
import type { ConfigError } from '../src/errors/problem.js'
import { collectGarbage } from './collect-garbage.js'
import { type Disk, diskOf } from './disk.js'
import { loadSettled } from './load-settled.js'
import type { LoadOrder } from './load-threads.js'

// The entry of the thread that loads a config. It sends how many bytes it takes; then for each message that it gets what
// came of it, and a piece of the config, so that the answering thread takes them in at its own pace; null is the last.

const port = parentPort!
const { file, variables, fileLimit, patienceMs, nowReading } = workerData as LoadOrder
collectGarbage()
const before = bytesInUse()
const disk = announcing(diskOf({ patienceMs, limit: fileLimit }))
const { config, errors, ...rest } = await loadSettled(file, variables, disk)
collectGarbage()
port.on('message', answerWith(messages()))
port.postMessage(Math.max(bytesInUse() - before, 0))

function* messages(): Generator<unknown> {
  const { first, pieces } = config ? detach(config) : { first: undefined, pieces: [] }
  const { shown, more } = shownOf(errors)
  yield { ...rest, errors: shown.map(withoutLine), more, first }
  yield* pieces
}

/** Without the line of the file: it may be the whole file, and each error would be sent with a copy of its own. */
function withoutLine({ other: _other, place, ...error }: ConfigError): ConfigError {
  return { ...error, place: { ...place, text: '' } }
}

function answerWith(answers: Generator<unknown>): () => void {
  return () => port.postMessage(answers.next().value ?? null)
}

function bytesInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

/** Says what it is about to read, before it does: a thread that hangs in the kernel cannot say it any more. */
function announcing({ read, find }: Disk): Disk {
  return {
    read: (path, secret) => announced(path, () => read(path, secret)),
    find: (pattern) => announced(pattern, () => find(pattern)),
  }
}

function announced<T>(name: string, look: () => T): T {
  nowReading.postMessage(name)
  try {
    return look()
  } finally {
    nowReading.postMessage('')
  }
}
