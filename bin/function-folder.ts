import { createHash } from 'node:crypto'
import { type AssetLabel, assetText, sealedIn } from '../routes/config-asset.js'

// The folder of a Twilio Function, as Twilio's serverless toolkit deploys it.

/** What a folder is made of. */
export interface FunctionSource {
  /** The config as `packConfig` gives it. */
  readonly packed: string
  /** The bundle of the engine. */
  readonly engine: string
  readonly revision: string
  /** Of dialsip. */
  readonly version: string
}

/** The label of what would be exported now. */
export function labelOf({ packed, engine, revision, version }: FunctionSource): AssetLabel {
  const digest = createHash('sha256').update(packed).update('\0').update(engine).digest('hex').slice(0, 12)
  return { revision, version, digest }
}

/** Pages that Twilio requests, and that of `--check`; each is a function that only signed requests reach. */
const PAGES = ['voice', 'dialed', 'recorded', 'screen', 'refer', 'status', 'recording', 'revision']

/** Every file of the folder by its path. */
export function functionFiles(source: FunctionSource): ReadonlyMap<string, string> {
  const secrets = sealedIn(source.packed)
  const label = labelOf(source)
  return new Map([
    ['README.md', readme(label, secrets)],
    ['package.json', `${JSON.stringify(packageJson(label), undefined, 2)}\n`],
    ['.env.example', secrets.map((name) => `${name}=\n`).join('')],
    ['.gitignore', '.env\n.twiliodeployinfo\nnode_modules\n'],
    ['assets/config.private.json', assetText(source.packed, label)],
    ['assets/engine.private.js', source.engine],
    ...PAGES.map((page) => [`functions/${page}.protected.js`, functionText(page)] as const),
  ])
}

function functionText(page: string): string {
  return `const assets = Runtime.getAssets()
const { handlerFor } = require(assets['/engine.js'].path)

exports.handler = handlerFor('${page}', { open: assets['/config.json'].open, Response: Twilio.Response })
`
}

/** Twilio's runtime wants its handler by an exact version. */
function packageJson({ revision }: AssetLabel) {
  return {
    name: 'dialsip-fallback',
    description: `dialsip, config ${revision}; made by dialsip export function`,
    private: true,
    scripts: { start: 'twilio-run start', deploy: DEPLOY },
    dependencies: { '@twilio/runtime-handler': '2.1.0', twilio: '^5.0.0' },
    devDependencies: { 'twilio-run': '^5.0.1' },
    engines: { node: '^20 || ^22' },
  }
}

const DEPLOY = 'twilio-run deploy --production --override-existing-project --runtime node22 --env .env'

/** The most bytes of one file, by Twilio's Serverless API: of a Function Version, and of an Asset Version. */
const MOST: readonly [folder: string, bytes: number, what: string][] = [
  ['functions/', 1_000_000, 'a function'],
  ['assets/', 25_000_000, 'an asset'],
]

/** Which file Twilio would refuse for its size, in words; undefined when it takes all of them. */
export function tooLarge(files: ReadonlyMap<string, string>): string | undefined {
  for (const [path, text] of files) {
    const [, most, what] = MOST.find(([folder]) => path.startsWith(folder)) ?? []
    const bytes = Buffer.byteLength(text)
    if (most !== undefined && bytes > most)
      return `${path} would have ${bytes} bytes; Twilio takes ${most} for ${what}, so export fewer numbers and lists`
  }
  return undefined
}

function readme({ revision, version }: AssetLabel, secrets: readonly string[]): string {
  return `# dialsip as a Twilio Function

Made by dialsip ${version} from config \`${revision}\`. Do not edit: change the config and export again.

It answers calls when no server of yours does: the same routes, the same engine. A call that has begun goes on where it was.

## Deploy

\`\`\`console
$ npm install
$ cp .env.example .env        # ${secrets.length === 0 ? 'this config needs no secrets' : 'then fill it in'}; it stays out of git
$ npm run deploy -- --username "$TWILIO_ACCOUNT_SID" --password "$TWILIO_AUTH_TOKEN"
\`\`\`

Deploy it to the account that has the numbers: Twilio checks each request by that account's auth token. With several accounts,
deploy it to each.

${secretsText(secrets)}

## Use

The end of the deployment shows the domain, such as \`dialsip-fallback-1234.twil.io\`. Its \`/voice\` is the fallback URL:

\`\`\`yaml
twilio: { voiceFallbackUrl: https://dialsip-fallback-1234.twil.io/voice }
\`\`\`

\`\`\`console
$ dialsip numbers --apply
$ dialsip export function --check https://dialsip-fallback-1234.twil.io     # is it still this config?
\`\`\`

## What is different from the server

- It keeps no state: every endpoint counts as up, \`maxCalls\` as not reached, and overrides do not apply.
- There are no metrics and no records of calls. Each decision is a line in the log of the function.
- Callbacks (\`status\`, \`recording\`) are answered and have no effect; a silent leg is \`unreachable\` even if it rang,
  and \`noProgress\` cancels none.
`
}

function secretsText(secrets: readonly string[]): string {
  if (secrets.length === 0) return 'No secret is in this folder, and none is needed.'
  const names = secrets.map((name) => `\`${name}\``).join(', ')
  return `No secret is in this folder. The variables of the service hold them: ${names}.`
}
