import type { AssetLabel } from '../routes/config-asset.js'
import { signatureOf } from '../src/twilio/signature.js'
import { complain, type ExitCode, type Io, UsageError } from './io.js'

const TIMEOUT_MS = 15_000

/** Asks a deployed function what it was made of; exit code 1 unless that is `label`. `token` is its account's. */
export async function checkFunction(
  label: AssetLabel,
  url: string,
  token: string,
  io: Io,
): Promise<ExitCode> {
  if (!/^https?:/i.test(url) || !URL.canParse(url))
    throw new UsageError(`"${url}" is not the URL of a function`)
  const { origin } = new URL(url)
  const deployed = await labelAt(`${origin}/revision`, token)
  if (typeof deployed === 'string') {
    complain(io, `${origin} ${deployed}`)
    return 1
  }
  const { revision, version, digest } = deployed
  if (digest === label.digest) {
    io.stdout.write(`${origin}: revision ${revision}, as the config\n`)
    return 0
  }
  const others = 'the same config, with other values from the environment or another build of dialsip'
  const config =
    revision === label.revision && version === label.version ? others : `the config is ${nameOf(label)}`
  io.stdout.write(`${origin}: ${nameOf(deployed)}; ${config}\n`)
  return 1
}

function nameOf({ revision, version }: AssetLabel): string {
  return `revision ${revision} by dialsip ${version}`
}

/** The label of a deployed function, or a text that says why there is none. */
async function labelAt(url: string, token: string): Promise<AssetLabel | string> {
  try {
    const headers = { 'x-twilio-signature': signatureOf(token, url, {}) }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const label = response.ok ? ((await response.json()) as AssetLabel) : undefined
    if (typeof label?.digest === 'string') return label
    return `answers ${response.status}: is a function of dialsip there, in this account?`
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error }
    return `gives no answer: ${cause?.message || message}`
  }
}
