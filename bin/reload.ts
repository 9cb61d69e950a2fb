import { activate, type ReloadState, type Service } from '../routes/service.js'
import type { Loaded } from '../src/config/load.js'
import { keepFixed } from '../src/config/restart.js'
import type { ConfigError } from '../src/errors/config-error.js'
import { countErrors, placeText } from '../src/errors/print.js'
import type { Config } from '../src/model/config.js'

/** How many errors of a broken config are logged; `check` prints them all. */
const MOST_LOGGED = 20

const NO_ROUTES = 'there are no routes any more; if that is meant, write routes: []'

function saysNoRoutes({ code }: ConfigError): boolean {
  return code === 'no-routes'
}

/** Puts a new config in the place of the old one, whole or not at all. */
export class Reloader {
  readonly #service: Service
  readonly #load: () => Promise<Loaded>
  #running: Promise<void> | undefined
  #again = false

  constructor(service: Service, load: () => Promise<Loaded>) {
    this.#service = service
    this.#load = load
  }

  /** Loads the config. While one load is under way, any number of further requests make one more after it. */
  reload(): Promise<void> {
    if (this.#running) this.#again = true
    this.#running ??= this.#untilDone()
    return this.#running
  }

  async #untilDone(): Promise<void> {
    do {
      this.#again = false
      await this.#once()
    } while (this.#again)
    this.#running = undefined
  }

  async #once(): Promise<void> {
    try {
      const { config, errors } = await this.#load()
      if (config && this.#losesRoutes(errors)) this.#refuse(errors, NO_ROUTES)
      else if (config) this.#takeOver(config, errors)
      else this.#refuse(errors, countErrors(errors))
    } catch (error) {
      this.#refuse([], (error as Error).message)
    }
  }

  /** Half of a file is a good config too often: what has lost every route is taken only if it says so. */
  #losesRoutes(errors: readonly ConfigError[]): boolean {
    return this.#service.active.config.routes.size > 0 && errors.some(saysNoRoutes)
  }

  /** Calls that are under way go on by the plan in their URLs; health, limits and overrides stay, by name. */
  #takeOver(loaded: Config, errors: readonly ConfigError[]): void {
    const service = this.#service
    const { config, needsRestart } = keepFixed(service.active.config, loaded)
    service.active = activate(config)
    service.log.level = config.logLevel
    this.#note({ successful: true, failure: '', errors, needsRestart })
    const { revision, routes, endpoints } = config
    const counts = { routes: routes.size, endpoints: endpoints.size, warnings: errors.length }
    service.log.info({ revision, ...counts }, 'config reloaded')
    if (needsRestart.length > 0)
      service.log.warn({ keys: needsRestart }, 'these keys have changed and hold from the next start on')
    if (config.insecureSkipSignature)
      service.log.warn('insecureSkipSignature is set: the signature of requests is not checked')
  }

  #refuse(errors: readonly ConfigError[], failure: string): void {
    const { log, active, reload } = this.#service
    this.#note({ successful: false, failure, errors, needsRestart: reload.needsRestart })
    log.error(
      { revision: active.config.revision, failure },
      'the new config was refused as a whole; the old one goes on',
    )
    for (const { code, message, place, level } of errors.slice(0, MOST_LOGGED))
      log[level === 'error' ? 'error' : 'warn']({ code, place: placeText(place) }, message)
  }

  #note(result: Pick<ReloadState, 'successful' | 'failure' | 'errors' | 'needsRestart'>): void {
    const { now, active, reload } = this.#service
    const at = now()
    const since = result.successful ? at : reload.since
    this.#service.reload = { ...result, at, since, revision: active.config.revision }
  }
}
