import { serve } from '../../bin/commands/serve.js'
import { LoadThreads } from '../../bin/load-in-worker.js'

// `dialsip serve` with less patience: half a second where it has ten. `built` starts it.

const [, , , ...args] = process.argv
const threads = new LoadThreads({ readMs: 500 })
process.exitCode = await serve.run(args, process, { threads, retryMs: 500 })
