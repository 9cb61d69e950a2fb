import { parseArgs } from 'node:util'
import { FORMATS } from '../../src/firewall/formats.js'
import { allSignallingRules, signallingRules } from '../../src/firewall/signalling.js'
import { chooseFile } from '../choose-file.js'
import { load } from '../config-file.js'
import { type Command, onlyFile, UsageError } from '../io.js'
import { unusable } from '../unusable-config.js'

/** `dialsip allowlist`: what a firewall before the SIP endpoints must let in. */
export const allowlist: Command = {
  help: `dialsip allowlist [FILE] [--format FORMAT] [--all] [--media-ports FROM-TO]

Prints the addresses from which Twilio's SIP and media come, with the ports and
transports that the endpoints of the config have, for the regions they name.
The addresses are data of this version of dialsip; no network is used.

  --format FORMAT         ${Object.keys(FORMATS).join(', ')}
  --all                   every region, which Twilio advises
  --media-ports FROM-TO   the UDP ports at which your side takes RTP;
                          default: all above 1023
  -c, --config FILE       the config, if it is not the argument

  dialsip allowlist --format nftables | sudo nft -f -
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
    const format = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined
    if (!format)
      throw new UsageError(`there is no format "${values.format}", only ${Object.keys(FORMATS).join(', ')}`)
    const mediaPorts = portRange(values['media-ports'])
    if (values.all) {
      io.stdout.write(format({ signalling: allSignallingRules(), mediaPorts }))
      return 0
    }
    const file = chooseFile({ argument: onlyFile('allowlist', positionals), option: values.config }, io)
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
