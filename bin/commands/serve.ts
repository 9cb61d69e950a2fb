import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import closeWithGrace, { type AllEvents } from 'close-with-grace'
import type { Logger } from 'pino'
import type { Config } from '../../src/model/config.js'
import { chooseFile } from '../choose-file.js'
import { showErrors } from '../config-file.js'
import { diskOf, SERVER_PATIENCE_MS } from '../disk.js'
import { releaseStop } from '../early-signals.js'
import { type Command, complain, type ExitCode, type Io, onlyFile } from '../io.js'
import { type KeepOptions, keepLoaded } from '../keep-loaded.js'
import { loadSettled } from '../load-settled.js'
import { createLog } from '../log.js'
import { type Server, startServer } from '../server.js'
import { sparePauses } from '../spare-pauses.js'

/** How long a stop may take; Kubernetes and Docker kill after 30 and 10 s. */
const GRACE_MS = 9_000

/** How configs are loaded again. */
type Reloading = Pick<KeepOptions, 'threads' | 'retryMs'>

/** `dialsip serve`: answers Twilio until it is stopped. */
export const serve = {
  help: `dialsip serve [FILE]

Answers Twilio's webhooks by the config, and loads it again when a file of it
changes and on SIGHUP. SIGTERM and SIGINT finish what is in flight and exit 0.

  -c, --config FILE   the config, if it is not the argument; default:
                      $DIALSIP_CONFIG, else dialsip.yaml, else
                      config/dialsip.yaml. The same for every command.

  dialsip serve -c /etc/dialsip/dialsip.yaml
`,
  async run(args: readonly string[], io: Io, reloading: Reloading = {}): Promise<ExitCode> {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { config: { type: 'string', short: 'c' } },
      allowPositionals: true,
    })
    const file = chooseFile({ argument: onlyFile('serve', positionals), option: values.config }, io)
    const disk = diskOf({ patienceMs: SERVER_PATIENCE_MS })
    const { config, errors, asked, texts } = await loadSettled(file, io.env, disk)
    // a stop that came while the config was loaded ends the start: signals are heard between two turns
    await nextTurn()
    showErrors(errors, file, io.stderr, io)
    if (!config) return 1
    sparePauses()
    // calls go on when nobody reads the log any more
    process.stdout.removeAllListeners('error').on('error', () => {})
    const { log, flush, dropped } = await createLog(
      { level: config.logLevel, maskNumbers: config.maskNumbers },
      io,
    )
    const starting = startAndReload(config)
    const stop = stopOnSignal(starting, log, flush)
    releaseStop()
    try {
      await starting
    } catch (error) {
      stop.uninstall()
      await flush()
      complain(io, (error as Error).message)
      return 1
    }
    return stop.never

    async function startAndReload(first: Config): Promise<Pick<Server, 'close'>> {
      const server = await startServer(first, log, { linesDropped: dropped, texts })
      const { service, comparisons } = server
      const stopLoading = await keepLoaded(service, { file, io, asked, comparisons, ...reloading })
      return {
        async close() {
          await Promise.all([stopLoading(), server.close()])
        },
      }
    }
  },
} satisfies Command

interface Stop {
  /** Never resolves: the process ends when the last connection is closed. */
  readonly never: Promise<ExitCode>
  uninstall(): void
}

/** Stops a server on a signal; one that is still starting, as soon as it has started. */
export function stopOnSignal(
  starting: Promise<Pick<Server, 'close'>>,
  log: Logger,
  flush: () => Promise<void>,
): Stop {
  const skip: AllEvents[] = ['SIGHUP', 'beforeExit']
  const { uninstall } = closeWithGrace(
    { delay: GRACE_MS, logger: false, skip },
    async function stop({ signal, err }) {
      if (err) log.fatal({ err }, 'stopping after an error that nobody caught')
      else log.info({ signal }, 'stopping')
      const server = await starting
      await server.close()
      log.info('stopped')
      await flush()
    },
  )
  return { never: new Promise(() => {}), uninstall }
}
