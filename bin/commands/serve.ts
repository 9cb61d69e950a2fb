import { parseArgs } from 'node:util'
import closeWithGrace from 'close-with-grace'
import { defaultFile, load, showFaults } from '../config-file.js'
import type { Command, ExitCode } from '../io.js'
import { keepLoaded } from '../keep-loaded.js'
import { createLog } from '../log.js'
import { type Server, startServer } from '../server.js'
import { sparePauses } from '../spare-pauses.js'

/** How long a stop may take; Kubernetes and Docker kill after 30 and 10 s. */
const GRACE_MS = 9_000

/** `dialsip serve`: answers Twilio until it is told to stop. */
export const serve: Command = {
  help: `dialsip serve [-c FILE]

Answers Twilio's webhooks by the config, and loads it anew when a file of it changes and on SIGHUP. SIGTERM and SIGINT
finish what is in flight and exit 0.
FILE is config/dialsip.yaml unless told, or what DIALSIP_CONFIG names.

  dialsip serve -c /etc/dialsip/dialsip.yaml
`,
  async run(args, io) {
    const { values } = parseArgs({ args: [...args], options: { config: { type: 'string', short: 'c' } } })
    const file = values.config ?? defaultFile(io)
    const { config, faults, asked } = load(file, io)
    showFaults(faults, file, io.stderr, io)
    if (!config) return 1
    sparePauses()
    const { log, flush } = await createLog({ level: config.logLevel, maskNumbers: config.maskNumbers }, io)
    try {
      const server = await startServer(config, log)
      await keepLoaded(server.service, { file, io, asked })
      return await untilStopped(server, flush)
    } catch (error) {
      flush()
      io.stderr.write(`dialsip: ${(error as Error).message}\n`)
      return 1
    }
  },
}

/** Resolves never: the process ends when the last connection has been served. */
export function untilStopped(server: Server, flush: () => void): Promise<ExitCode> {
  const { log } = server.service
  return new Promise(() => {
    closeWithGrace({ delay: GRACE_MS, logger: false, skip: ['SIGHUP'] }, async ({ signal, err }) => {
      if (err) log.fatal({ err }, 'stopping after an error that nobody caught')
      else log.info({ signal }, 'stopping')
      await server.close()
      log.info('stopped')
      flush()
    })
  })
}
