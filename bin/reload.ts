import { activate, type ReloadState, type Service } from '../routes/service.js'
import { keepUntilRestart } from '../src/config/keep-until-restart.js'
import type { Loaded } from '../src/config/load.js'
import { countErrors, countOf, type More, placeText } from '../src/errors/print.js'
import type { ConfigError } from '../src/errors/problem.js'
import type { Config } from '../src/model/config.js'
import type { Changes } from './compare-configs.js'
import type { PackedTexts } from './config-texts.js'

/** How many errors of a broken config are logged; `check` prints them all. */
const MOST_LOGGED = 20

const NO_ROUTES = 'there are no routes any more; if that is meant, write routes: []'

/** A config, or why there is none; `more` counts errors that are not listed. */
type Reloaded = Pick<Loaded, 'config' | 'errors'> & {
  readonly more?: readonly More[]
  readonly texts?: PackedTexts | undefined
}

/** What was found, with what is only counted. */
type FoundErrors = Pick<ReloadState, 'errors' | 'more'>

function saysNoRoutes({ code }: ConfigError | More): boolean {
  return code === 'no-routes'
}

/** What the texts of the new config change for calls; undefined where that cannot be found out. Never rejects. */
type ChangesOf = (old: PackedTexts, next: PackedTexts) => Promise<Changes | undefined>

/** Puts a new config in the place of the old one, whole or not at all. */
export class Reloader {
  readonly #service: Service
  readonly #load: () => Promise<Reloaded>
  readonly #changesOf: ChangesOf
  #running: Promise<void> | undefined
  #again = false

  constructor(service: Service, load: () => Promise<Reloaded>, changesOf: ChangesOf = changesUnknown) {
    this.#service = service
    this.#load = load
    this.#changesOf = changesOf
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
      const { config, errors, more = [], texts } = await this.#load()
      const found = { errors, more }
      if (config && this.#losesRoutes(found)) this.#refuse(found, NO_ROUTES)
      else if (config) this.#takeOver(config, found, texts)
      else this.#refuse(found, countErrors([...errors, ...more]))
    } catch (error) {
      this.#refuse({ errors: [], more: [] }, (error as Error).message)
    }
  }

  /**
   * A file that is half written is often a valid config: one that has lost every route is taken only if it says
   * `routes: []`.
   */
  #losesRoutes({ errors, more }: FoundErrors): boolean {
    return this.#service.active.config.routes.size > 0 && [...errors, ...more].some(saysNoRoutes)
  }

  /** Calls that are under way go on by the plan in their URLs; health, limits and overrides stay, by name. */
  #takeOver(loaded: Config, found: FoundErrors, texts: PackedTexts | undefined): void {
    const service = this.#service
    const before = service.texts
    const { config, needsRestart } = keepUntilRestart(service.active.config, loaded)
    service.active = activate(config)
    service.texts = texts
    service.log.level = config.logLevel
    this.#note({ successful: true, failure: '', ...found, needsRestart })
    const { revision, routes, endpoints } = config
    const warnings = countOf('warning', [...found.errors, ...found.more])
    const counts = { routes: routes.size, endpoints: endpoints.size, warnings }
    service.log.info({ revision, ...counts }, 'config reloaded')
    if (needsRestart.length > 0)
      service.log.warn({ keys: needsRestart }, 'these keys have changed and hold from the next start on')
    if (config.insecureSkipSignature)
      service.log.warn('insecureSkipSignature is set: the signature of requests is not checked')
    if (before && texts) void this.#logChanges(revision, before, texts)
  }

  /** In a line of its own, some time later: nobody waits for it. */
  async #logChanges(revision: string, before: PackedTexts, texts: PackedTexts): Promise<void> {
    const found = await this.#changesOf(before, texts)
    if (found)
      this.#service.log.info(
        { revision, ...found },
        found.changes === 0 ? 'the reload changes no call' : 'the reload changes calls',
      )
  }

  #refuse(found: FoundErrors, failure: string): void {
    const { log, active, reload } = this.#service
    this.#note({ successful: false, failure, ...found, needsRestart: reload.needsRestart })
    log.error(
      { revision: active.config.revision, failure },
      'the new config was refused as a whole; the old one goes on',
    )
    for (const { code, message, place, level } of found.errors.slice(0, MOST_LOGGED))
      log[level === 'error' ? 'error' : 'warn']({ code, place: placeText(place) }, message)
  }

  #note(result: FoundErrors & Pick<ReloadState, 'successful' | 'failure' | 'needsRestart'>): void {
    const { now, active, reload } = this.#service
    const at = now()
    const since = result.successful ? at : reload.since
    this.#service.reload = { ...result, at, since, revision: active.config.revision }
  }
}

async function changesUnknown(): Promise<undefined> {}
