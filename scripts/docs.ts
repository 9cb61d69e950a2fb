import { readFileSync, writeFileSync } from 'node:fs'
import { manualWithHelp } from './commands-manual.js'
import { manualWithTables } from './config-manual.js'

// Makes again what the docs take from the code: npm run docs

const MANUAL = 'docs/config.md'

writeFileSync(MANUAL, manualWithTables(readFileSync(MANUAL, 'utf8')))

const COMMANDS_PAGE = 'docs/commands.md'

writeFileSync(COMMANDS_PAGE, await manualWithHelp(readFileSync(COMMANDS_PAGE, 'utf8')))
