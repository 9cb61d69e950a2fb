import { load } from 'js-yaml'
import type { ConfigSource } from '../../src/config/config-source.js'
import { type Loaded, loadConfig } from '../../src/config/load.js'

export const ACCOUNT = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
export const TOKEN = '12345'
export const GOLDEN_ENV = { TOKEN, FRA_SIP_PASSWORD: 's3cret' }

/** What every config needs and no case is about; a case may write its own. */
const HEAD = `publicUrl: https://voice.example.com
accounts: [{ sid: ${ACCOUNT}, authTokens: ["\${TOKEN}"] }]
`

/** A call of a case: who calls whom and when, the state of endpoints, and what happens after each TwiML. */
export interface GoldenCall {
  readonly to: string
  readonly from?: string
  readonly at?: string
  readonly params?: Readonly<Record<string, string>>
  readonly down?: readonly string[]
  readonly drained?: readonly string[]
  readonly then?: readonly (string | number)[]
}

/** A case: a config with the files next to it, calls, and the TwiML of every step. */
export interface GoldenCase {
  /** By name; the config is `dialsip.yaml`. */
  readonly files: Readonly<Record<string, string>>
  readonly calls: readonly GoldenCall[]
  readonly expected: string
  /** All that is above the expected TwiML, for writing the file again. */
  readonly given: string
}

/** `----------`, or with the name of a file, `---------- numbers.csv`. */
const DASHES = /^-{10}(?: (\S+))?\n/m

/** Takes a golden file apart: the config, files, the calls, the TwiML, with a line of dashes before each. */
export function readCase(text: string): GoldenCase {
  const [config = '', ...parts] = text.split(DASHES)
  const files: Record<string, string> = { 'dialsip.yaml': config }
  const unnamed: string[] = []
  for (let at = 0; at < parts.length; at += 2) {
    const [name, content = ''] = [parts[at], parts[at + 1]]
    if (name) files[name] = content
    else unnamed.push(content)
  }
  const [calls = '', expected = ''] = unnamed
  const given = expected === '' ? text : text.slice(0, -expected.length)
  return { files, calls: load(calls) as GoldenCall[], expected, given }
}

/** Loads the config of a case from its own files, not from the disk. */
export function loadCase({ files }: GoldenCase, more: Partial<ConfigSource> = {}): Loaded {
  const main = files['dialsip.yaml']!
  const texts = { ...files, 'dialsip.yaml': /^publicUrl:/m.test(main) ? main : HEAD + main }
  return loadConfig('/golden/dialsip.yaml', { ...configSource(texts), ...more })
}

function configSource(texts: Readonly<Record<string, string>>): ConfigSource {
  return {
    read(path) {
      const text = texts[path.slice('/golden/'.length)]
      if (text === undefined) throw new Error('no such file')
      return text
    },
    glob(pattern) {
      const fits = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`)
      return Object.keys(texts)
        .map((name) => `/golden/${name}`)
        .filter((path) => fits.test(path))
    },
    variables: GOLDEN_ENV,
    placeholders: false,
  }
}
