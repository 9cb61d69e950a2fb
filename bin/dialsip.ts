#!/usr/bin/env node
import { runAsChild } from './as-child.js'
import { catchEarlySignals } from './early-signals.js'

const [, , ...args] = process.argv
const serves = args[0] === 'serve'

// signals first, then all that takes time to load
if (serves) catchEarlySignals()
process.exitCode = process.pid === 1 && !serves ? await runAsChild() : await run()

async function run(): Promise<number> {
  // the reader of the output may have read enough: `dialsip diff … | head` is no error; a full disk is one
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit()
    process.stderr.write(`dialsip: the output could not be written: ${error.message}\n`)
    process.exit(1)
  })
  // when stderr cannot be written, there is no way to report anything
  process.stderr.on('error', () => {})
  const { main } = await import('./main.js')
  return main(args, process)
}
