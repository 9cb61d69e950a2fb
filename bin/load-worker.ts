import { parentPort, workerData } from 'node:worker_threads'
import { detach } from '../src/config/config-transfer.js'
import { loadConfig } from '../src/config/load.js'
import { surroundings } from './config-file.js'
import type { Order } from './load-in-worker.js'

// The entry of the thread that loads a config. It sends what came of it, then a piece of the config for each message
// that it gets, so that the answering thread takes them in at its own pace; null is the last.

const port = parentPort!
const { file, variables } = workerData as Order
const { config, ...rest } = loadConfig(file, surroundings(variables, false))
const { first, pieces } = config ? detach(config) : { first: undefined, pieces: [].values() }
port.on('message', function sendNext() {
  const { value, done } = pieces.next()
  port.postMessage(done ? null : value)
})
port.postMessage({ ...rest, first })
