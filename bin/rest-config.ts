import { loadConfig } from '../src/config/load.js'
import { isError } from '../src/errors/print.js'
import { visible } from '../src/errors/visible.js'
import type { Config } from '../src/model/config.js'
import { NoCredentials, TwilioFailure } from '../src/rest/failure.js'
import { configSource } from './config-file.js'
import { complain, type ExitCode, type Io, UnusableConfig } from './io.js'
import { unusable } from './unusable-config.js'

/** The errors of a secret that is not where the config says: the command is used wrongly, the file is not wrong. */
const SECRETS = ['env-missing', 'secret-file']

/**
 * The config for a command that asks Twilio. Throws `UnusableConfig` for one with errors; with no error but missing
 * secrets it names them all. With `missed` those are no errors: placeholders take their place, and it gets their references.
 */
export function loadForRest(file: string, io: Io, missed?: (reference: string) => void): Config {
  const around = configSource(io.env, missed !== undefined)
  const { config, errors } = loadConfig(file, { ...around, missed })
  if (config) return config
  const wrong = errors.filter(isError)
  if (!wrong.every(({ code }) => SECRETS.includes(code))) throw unusable(errors, file)
  const missing = new Set(wrong.map(({ message, help }) => visible(`${message}; ${help}`)))
  throw new UnusableConfig([...missing].join('\ndialsip: '))
}

/** Prints why Twilio could not be asked, or what it answered; rethrows any other error. */
export function tellFailure(error: unknown, io: Io): ExitCode {
  if (error instanceof NoCredentials) {
    complain(io, error.message)
    return 2
  }
  if (!(error instanceof TwilioFailure)) throw error
  const { message, effect, refusal } = error
  const code = refusal?.code === undefined ? '' : ` (error ${refusal.code})`
  const more = refusal?.moreInfo === undefined ? '' : `; see ${refusal.moreInfo}`
  const unknown =
    effect === 'unknown' ? '; it may have had its effect all the same, so look before you repeat it' : ''
  complain(io, `${refusal ? 'Twilio: ' : ''}${message}${code}${more}${unknown}`)
  return 1
}
