#!/usr/bin/env node
import { main } from './main.js'

// whoever reads the output may have read enough: `dialsip diff … | head` is no error; a full disk is one
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`dialsip: the output could not be written: ${error.message}\n`)
  process.exit(1)
})

process.exitCode = await main(process.argv.slice(2), process)
