import { parseArgs } from 'node:util'
import { FORMATS } from '../../src/firewall/formats.js'
import { allSignallingRules, signallingRules } from '../../src/firewall/signalling.js'
import { defaultFile, load } from '../config-file.js'
import { type Command, UsageError } from '../io.js'
import { unusable } from '../unusable-config.js'

/** `dialsip allowlist`: what a firewall before the SIP endpoints must let in. */
export const allowlist: Command = {
  help: `dialsip allowlist [FILE] [--format ${Object.keys(FORMATS).join('|')}] [--all] [--media-ports FROM-TO]

Prints the addresses from which Twilio's SIP and media come, with the ports and transports that the endpoints of the
config have, for the regions that they name. --all is for every region, which Twilio advises. --media-ports says at
which UDP ports your side takes RTP; default: all above 1023. The addresses are data of this version of dialsip;
nothing is asked over the network.

  dialsip allowlist --format nftables --media-ports 10000-20000 | sudo nft -f -
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string', short: 'c' },
        format: { type: 'string', default: 'table' },
        all: { type: 'boolean' },
        'media-ports': { type: 'string', default: '1024-65535' },
      },
      allowPositionals: true,
    })
    const [given, more] = positionals
    if (more !== undefined) throw new UsageError('allowlist takes one config')
    const format = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined
    if (!format)
      throw new UsageError(`there is no format "${values.format}", only ${Object.keys(FORMATS).join(', ')}`)
    const mediaPorts = portRange(values['media-ports'])
    if (values.all) {
      io.stdout.write(format({ signalling: allSignallingRules(), mediaPorts }))
      return 0
    }
    const file = given ?? values.config ?? defaultFile(io)
    const { config, errors } = load(file, io, true)
    if (!config) throw unusable(errors, file)
    io.stdout.write(format({ signalling: signallingRules(config), mediaPorts }))
    return 0
  },
}

function portRange(text: string): { from: number; to: number } {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []
  const range = { from: Number(from), to: Number(to) }
  if (range.from >= 1 && range.from <= range.to && range.to <= 65_535) return range
  throw new UsageError(`--media-ports ${text}: expected two ports such as 10000-20000`)
}
