import { serve } from '../../bin/commands/serve.js'
import { LoadThreads } from '../../bin/load-threads.js'

// `dialsip serve` that waits a tenth or fifth as long for files and before it tries again. `built` starts it.

const [, , , ...args] = process.argv
const threads = new LoadThreads({ patienceMs: 500, readMs: 2_000 })
process.exitCode = await serve.run(args, process, { threads, retryMs: 1_000 })
