import { readFileSync, writeFileSync } from 'node:fs'
import { manualWithTables } from './config-manual.js'

// Makes again what the docs take from the code: npm run docs

const MANUAL = 'docs/config.md'

writeFileSync(MANUAL, manualWithTables(readFileSync(MANUAL, 'utf8')))
