#!/usr/bin/env node
import { main } from './main.js'

// whoever reads the output may have read enough: `dialsip diff … | head` is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await main(process.argv.slice(2), process)
