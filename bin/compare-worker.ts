import { parentPort, workerData } from 'node:worker_threads'
import { answerTo, type ThreadQuestion } from './compare-configs.js'

// The entry of the thread that compares configs. It sends one answer.

parentPort!.postMessage(answerTo(workerData as ThreadQuestion))
