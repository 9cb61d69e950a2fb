import { parentPort, workerData } from 'node:worker_threads'
import { readRoutePlaces } from '../src/config/route-places.js'
import { configSource } from './config-file.js'
import { diskOf, SERVER_PATIENCE_MS } from './disk.js'
import type { PlacesOrder } from './route-places.js'

// The entry of the thread that finds the lines of a config. It sends them, or undefined when the files have changed.

const source = configSource(process.env, true, diskOf({ patienceMs: SERVER_PATIENCE_MS }))
parentPort!.postMessage(readRoutePlaces(workerData as PlacesOrder, source))
