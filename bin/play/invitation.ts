import { SOMEBODY } from '../../src/explain/scenario.js'
import type { Config } from '../../src/model/config.js'
import { ownCommand } from '../own-command.js'
import type { OwnServer } from './own-server.js'

const CALL_SID = `CA${'0'.repeat(32)}`

/** What a person may do with a server that stays up: commands that work for any number in `TO`. */
export function invitation(
  { config, address, adminAddress, token }: OwnServer,
  file: string,
  number = SOMEBODY,
): string {
  const url = `${config.publicUrl.href}/voice`
  return `The console, with these calls: ${adminAddress}

It stays up for calls of your own; Ctrl-C ends it. TO may be any number:

  TO=${number}
  SIGNATURE=$(printf %s "${url}${signedText(config)}To$TO" |
    openssl dgst -sha1 -hmac ${token} -binary | base64)
  curl ${address}${config.publicUrl.path}/voice -H "X-Twilio-Signature: $SIGNATURE" \\
    ${fields(config).join(' \\\n    ')} \\
    --data-urlencode "To=$TO"

A whole call, with what comes of each hop (no server is needed for it):

  ${ownCommand()} try ${file} --start --to ${number}
`
}

/** By name in this order, as they are signed; `To` is the last. */
function parameters({ accounts }: Config): [name: string, value: string][] {
  return [
    ['AccountSid', accounts[0]?.sid ?? `AC${'0'.repeat(32)}`],
    ['CallSid', CALL_SID],
    ['From', SOMEBODY],
  ]
}

function signedText(config: Config): string {
  return parameters(config).flat().join('')
}

function fields(config: Config): string[] {
  return parameters(config).map(([name, value]) => `--data-urlencode ${name}=${value}`)
}
