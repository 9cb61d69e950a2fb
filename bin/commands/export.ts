import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packConfig, seal, sealedIn } from '../../routes/config-asset.js'
import { loadConfig } from '../../src/config/load.js'
import { accountNamed, noAccountCalled } from '../../src/for-account.js'
import type { Config } from '../../src/model/config.js'
import { SHORTEST_SECRET } from '../../src/sip/masker.js'
import { checkFunction } from '../check-function.js'
import { chooseFile } from '../choose-file.js'
import { configSource } from '../config-file.js'
import { type FunctionSource, functionFiles, labelOf, tooLarge } from '../function-folder.js'
import { type Command, complain, type ExitCode, type Io, onlyFile, UsageError } from '../io.js'
import { checkCredentials } from '../open-accounts.js'
import { packageRoot, packageVersion } from '../package-root.js'
import { loadForRest } from '../rest-config.js'
import { unusable } from '../unusable-config.js'
import { writeFolder } from '../write-folder.js'

/** `dialsip export function`: the config and the engine as a Twilio Function, the fallback that is not ours. */
export const exportFunction: Command = {
  help: `dialsip export function [FILE] --out DIR [--force]
dialsip export function [FILE] --check URL [--account NAME]

Writes the config and the same engine as a Twilio Function into DIR: the voice
fallback URL that answers when every server is down. No secret is in it; the
README in DIR says how to deploy it and which variables it needs.

  --out DIR           the folder to write
  --force             overwrites files that were changed or are of others
  --check URL         asks the deployed function what it was made of instead;
                      exit 1 unless it is what would be exported now
  --account NAME      the account it is in, by SID or name; default: the first
  -c, --config FILE   the config, if it is not the argument

  dialsip export function --out fallback
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
    const [what, ...rest] = positionals
    if (what !== 'function') throw new UsageError('expected: export function')
    const { out, check, force = false } = values
    if ((out === undefined) === (check === undefined))
      throw new UsageError('give one of --out DIR and --check URL')
    const file = chooseFile({ argument: onlyFile('export function', rest), option: values.config }, io)
    const source = sourceOf(file, io)
    if (check === undefined) return write(source, out!, force, io)
    return checkFunction(labelOf(source), check, signingToken(file, values.account, io), io)
  },
}

const OPTIONS = {
  out: { type: 'string' },
  force: { type: 'boolean' },
  check: { type: 'string' },
  account: { type: 'string' },
  config: { type: 'string', short: 'c' },
} as const

/** The config with placeholders of its secrets, whether they are set here or not, and the engine. */
function sourceOf(file: string, io: Io): FunctionSource {
  const { config, errors } = loadConfig(file, { ...configSource(io.env, false), seal })
  if (!config) throw unusable(errors, file)
  const packed = packConfig(config)
  refuseSecrets(config, packed, io)
  return { packed, engine: engine(), revision: config.revision, version: packageVersion() }
}

/**
 * Refuses to write a secret into a file: neither one that the config has in clear, nor a text that is a secret
 * elsewhere in it.
 */
function refuseSecrets({ secrets }: Config, packed: string, { env }: Io): void {
  if (secrets.some((secret) => sealedIn(secret).length === 0 && isIn(packed, secret)))
    throw new UsageError(
      'a secret is written into the config (dialsip check says where); write ${NAME} instead',
    )
  const shown = sealedIn(packed).find((name) => env[name] && isIn(packed, env[name]))
  if (shown !== undefined)
    throw new UsageError(`${shown} is a secret, and the config also has its value where none belongs`)
}

/** A short text may be part of another word by chance. */
function isIn(packed: string, secret: string): boolean {
  const text = JSON.stringify(secret)
  return packed.includes(secret.length < SHORTEST_SECRET ? text : text.slice(1, -1))
}

function engine(): string {
  return readFileSync(join(packageRoot(), 'dist', 'function', 'engine.cjs'), 'utf8')
}

function write(source: FunctionSource, out: string, force: boolean, io: Io): ExitCode {
  const files = functionFiles(source)
  const problem = tooLarge(files)
  if (problem !== undefined) {
    complain(io, problem)
    return 1
  }
  const foreign = writeInto(out, files, force)
  if (foreign.length > 0) {
    complain(
      io,
      `${out} has files that are not of this command: ${foreign.join(', ')}; --force overwrites them`,
    )
    return 1
  }
  io.stdout.write(
    `${out}: ${files.size} files of revision ${source.revision}; ${join(out, 'README.md')} says how to deploy them\n`,
  )
  return 0
}

function writeInto(out: string, files: ReadonlyMap<string, string>, force: boolean): readonly string[] {
  try {
    return writeFolder(out, files, force)
  } catch (error) {
    throw new UsageError(`${out} cannot be written: ${(error as Error).message}`)
  }
}

/** The auth token of the account that the function is in: Twilio checks by it who asks. */
function signingToken(file: string, named: string | undefined, io: Io): string {
  const missed: string[] = []
  const config = loadForRest(file, io, (reference) => missed.push(reference))
  const account = accountNamed(config, named)
  if (!account) throw new UsageError(noAccountCalled(`${named}`, config))
  try {
    checkCredentials({ ...account, apiKey: undefined }, missed)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  return account.authTokens[0]!
}
