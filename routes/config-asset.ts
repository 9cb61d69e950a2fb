import { stringify, unflatten } from 'devalue'
import type { Config, PublicUrl } from '../src/model/config.js'
import { checkHeader, type Header } from '../src/sip/header.js'
import type { Template } from '../src/template/template.js'

// A compiled config as a private asset of a Twilio Function: JSON, with maps and shared values kept by devalue. No secret
// is in it: the placeholder of one holds the name of the variable that has it.

/** What an exported config is, without the config itself: who asks a deployed function gets this. */
export interface AssetLabel {
  /** Of the files of the config: `dialsip_config_info` begins with it. */
  readonly revision: string
  /** Of dialsip. */
  readonly version: string
  /** The same only when config, values from the environment and engine are. */
  readonly digest: string
}

/** Letters and digits only, so that no escape changes it, with the variable's name in hex. */
const SEALED = /SealedSecret((?:[0-9a-f]{2})+)Z/g

/** The placeholder of a secret in an exported config. `reference` is `NAME`, or `file:/run/secrets/name`. */
export function seal(reference: string): string {
  return `SealedSecret${Buffer.from(variableOf(reference)).toString('hex')}Z`
}

/** The variable of a secret: of one in a file, the name of the file in capitals. */
function variableOf(reference: string): string {
  const [, file] = /^file:(?:.*\/)?([^/]*)$/.exec(reference) ?? []
  if (file === undefined) return reference
  return file
    .toUpperCase()
    .replace(/\W/g, '_')
    .replace(/^(?=\d)/, '_')
}

/** The variables whose secrets a text asks for, sorted. */
export function sealedIn(text: string): string[] {
  return [...new Set([...text.matchAll(SEALED)].map(([, hex]) => nameOf(hex!)))].sort()
}

function nameOf(hex: string): string {
  return Buffer.from(hex, 'hex').toString()
}

/** A header is kept without the form in which it is in the URI: its secret is percent-encoded there. */
const KINDS = {
  header: (value: unknown) => isHeader(value) && [value.name, value.value],
}

function isHeader(value: unknown): value is Header {
  const { name, pair } = Object(value) as Partial<Header>
  return typeof name === 'string' && Array.isArray(pair)
}

/** What of a config decides about calls, as JSON: the keys of accounts and listeners have no place there. */
export function packConfig(config: Config): string {
  const packed: Config = {
    ...config,
    files: [],
    admin: undefined,
    state: undefined,
    accounts: config.accounts.map((account) => ({
      ...account,
      authTokens: [],
      sharedKeys: {},
      apiKey: undefined,
    })),
    tests: [],
    secrets: [],
  }
  return stringify(packed, KINDS)
}

/** The asset: its label, and the packed config. */
export function assetText(packed: string, label: AssetLabel): string {
  return `{"label":${JSON.stringify(label)},"config":${packed}}\n`
}

/** What an asset holds. */
export interface OpenAsset {
  readonly label: AssetLabel
  readonly config: Config
  /** Variables that have no value; nothing takes their place. */
  readonly missing: readonly string[]
}

/** Reads an asset, and fills in the secrets; `base` is the URL under which the function is reached. */
export function openAsset(
  text: string,
  variables: Readonly<Record<string, unknown>>,
  base: string,
): OpenAsset {
  const { label, config } = JSON.parse(text) as { label: AssetLabel; config: unknown[] }
  const missing = new Set<string>()
  const filled = config.map((value) => (typeof value === 'string' ? value.replace(SEALED, reveal) : value))
  const opened = unflatten(filled as never, { header: reviveHeader }) as Config
  return { label, config: { ...opened, publicUrl: publicUrlOf(base) }, missing: [...missing] }

  function reveal(_sealed: string, hex: string): string {
    const name = nameOf(hex)
    const value = variables[name]
    if (typeof value === 'string' && value !== '') return value
    missing.add(name)
    return ''
  }
}

/** A value that no header may have, such as one with a line break, leaves it empty. */
function reviveHeader([name, value]: [string, Template]): Header {
  return (checkHeader(name, value).value ?? checkHeader(name, []).value)!
}

function publicUrlOf(base: string): PublicUrl {
  const { protocol, origin, host, pathname } = new URL(base)
  const path = pathname.replace(/\/$/, '')
  return { href: origin + path, origin, protocol: protocol as PublicUrl['protocol'], host, path }
}
