import { parseArgs } from 'node:util'
import { jsonSchema } from '../../src/config/schema/json-schema.js'
import type { Command } from '../io.js'

/** `dialsip schema`: the config language for editors. */
export const schema: Command = {
  help: `dialsip schema

Prints the JSON Schema (draft 2020-12) of the config language, with which an
editor completes and explains each key.

  dialsip schema > dialsip.schema.json
`,
  async run(args, io) {
    parseArgs({ args: [...args], options: {} })
    io.stdout.write(`${JSON.stringify(jsonSchema(), null, 2)}\n`)
    return 0
  },
}
