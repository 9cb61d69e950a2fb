import { parseArgs } from 'node:util'
import type { Loaded } from '../../src/config/load.js'
import { count, errorsJson, githubAnnotations } from '../../src/errors/print.js'
import { visible, visibleJson } from '../../src/errors/visible.js'
import { chooseFile } from '../choose-file.js'
import { seenFromHere, showErrors } from '../config-file.js'
import { type Command, type Io, onlyFile, UsageError } from '../io.js'
import { loadWithPlaceholders } from '../offline-config.js'

/** How what was found is written. */
const FORMATS: Readonly<Record<string, (loaded: Loaded, file: string, io: Io) => void>> = {
  pretty({ config, errors }, file, io) {
    showErrors(errors, file, io.stdout, io)
    if (config)
      io.stdout.write(
        `${visible(file)}: ok, ${count(config.routes.size, 'route')}, ${count(config.endpoints.size, 'endpoint')}\n`,
      )
  },
  json({ errors }, file, io) {
    io.stdout.write(`${visibleJson(errorsJson(file, errors))}\n`)
  },
  github({ errors }, file, io) {
    io.stdout.write(githubAnnotations(seenFromHere(errors, file)))
  },
}

/** `dialsip check`: everything that is wrong with a config, at once. */
export const check: Command = {
  help: `dialsip check [FILE] [--strict] [--format pretty|json|github]

Prints every error and warning of the config at once, each with its place and
help. FILE may be - for stdin. Exit 1 on an error.

  --strict            exit 1 on a warning too
  --format FORMAT     pretty, json, or github: annotations in a pull request
  -c, --config FILE   the config, if it is not the argument

  dialsip check config/dialsip.yaml
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        strict: { type: 'boolean' },
        format: { type: 'string', default: 'pretty' },
        config: { type: 'string', short: 'c' },
      },
      allowPositionals: true,
    })
    const show = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format]! : undefined
    if (!show) throw new UsageError(`there is no format "${values.format}", only pretty, json and github`)
    const file = chooseFile({ argument: onlyFile('check', positionals), option: values.config }, io)
    const loaded = loadWithPlaceholders(file, io)
    show(loaded, file, io)
    return loaded.config && !(values.strict && loaded.errors.length > 0) ? 0 : 1
  },
}
