import { Counter, Histogram, Registry } from 'prom-client'
import { VERBS } from '../src/actions/table.js'
import { OUTCOME_CLASSES, type OutcomeClass } from '../src/call/outcome.js'
import type { Action, Config } from '../src/model/config.js'
import { NO_PROGRESS_RESULTS, type NoProgressResult } from '../src/state/progress-watch.js'
import { AnswerSeizure } from './answer-seizure.js'
import { LabelNames } from './label-names.js'

/** What a call ended as: the outcome of its last hop, or the last verb of one that rang nowhere. */
export type CallOutcome = OutcomeClass | Action['verb']

const CALL_OUTCOMES: readonly CallOutcome[] = [...OUTCOME_CLASSES, ...VERBS]

/** Statuses that are counted as 0 from the start: `increase()` of Prometheus does not see a counter that begins at 1. */
const ALERTED = [403, 500]

/**
 * What failed by an error of ours. `decision`: the call got the last resort. `lastResort`: that failed as well, and
 * the call was rejected. `noting`: something next to an answer was not noted. `admin`: an answer of the admin API.
 */
const INTERNAL_ERROR_KINDS = ['decision', 'lastResort', 'noting', 'admin'] as const
export type InternalErrorKind = (typeof INTERNAL_ERROR_KINDS)[number]

/** The reasons for which requests that look like Twilio's are refused. */
const REFUSALS = ['path', 'method', 'signature', 'parameters', 'body'] as const
export type RefusalKind = (typeof REFUSALS)[number]

/** The route of a call that no route claims. */
const NO_ROUTE = 'default'

/**
 * Counts what happens, for Prometheus. Label values are names of the config that decides and words of dialsip's own,
 * so that no caller can make one; those of a config that is gone go with it. docs/metrics.md says what each means.
 */
export class Meters {
  readonly registry = new Registry()
  readonly seizures = new AnswerSeizure()
  readonly #routes = new LabelNames()
  readonly #endpoints = new LabelNames()
  #config: Config | undefined

  readonly #webhooks = this.#counter('webhooks_total', 'Requests from Twilio by their answer.', [
    'path',
    'status',
  ])
  readonly #webhookSeconds = new Histogram({
    name: 'dialsip_webhook_duration_seconds',
    help: 'Time from a request of Twilio to its answer.',
    labelNames: ['path'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
    registers: [this.registry],
  })
  readonly #decisionSeconds = new Histogram({
    name: 'dialsip_decision_duration_seconds',
    help: 'Time from a parsed call to its TwiML.',
    buckets: [0.000005, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.01, 0.1],
    registers: [this.registry],
  })
  readonly #calls = this.#counter('calls_total', 'Finished calls.', ['route', 'outcome'])
  readonly #hops = this.#counter('hops_total', 'Attempts to reach an endpoint by what came of them.', [
    'endpoint',
    'class',
  ])
  readonly #failovers = this.#counter('failovers_total', 'Calls that went on to the next hop.', ['endpoint'])
  readonly #noProgress = this.#counter('no_progress_total', 'Legs of which nothing was heard in time.', [
    'endpoint',
    'result',
  ])
  readonly #postDialSeconds = new Histogram({
    name: 'dialsip_post_dial_delay_seconds',
    help: 'Time from the dial to the first news that the endpoint rings or answers.',
    labelNames: ['endpoint'],
    buckets: [0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 30],
    registers: [this.registry],
  })
  readonly #signatureFailures = this.#counter(
    'signature_failures_total',
    'Requests refused for their signature.',
    ['reason'],
  )

  readonly #refused = this.#counter(
    'refused_webhooks_total',
    'Requests that look like Twilio’s and got 4xx.',
    ['reason'],
  )

  readonly #errors = this.#counter('errors_total', 'Errors of dialsip itself, by what they cost.', ['kind'])

  constructor() {
    for (const kind of INTERNAL_ERROR_KINDS) this.#errors.inc({ kind }, 0)
    for (const reason of REFUSALS) this.#refused.inc({ reason }, 0)
  }

  error(kind: InternalErrorKind): void {
    this.#errors.inc({ kind })
  }

  /** Makes the function that counts the requests to one path, each with its status and seconds. */
  webhook(path: string): (status: number, seconds: number) => void {
    const { observe } = this.#webhookSeconds.labels(path)
    for (const status of ALERTED) this.#webhooks.inc({ path, status }, 0)
    return (status, seconds) => {
      this.#webhooks.inc({ path, status })
      observe(seconds)
    }
  }

  decision(seconds: number): void {
    this.#decisionSeconds.observe(seconds)
  }

  /** A request that looks like one of Twilio's was refused. */
  refused(reason: RefusalKind): void {
    this.#refused.inc({ reason })
  }

  signatureFailure(reason: string): void {
    this.#signatureFailures.inc({ reason })
  }

  /** A call is over. An empty route is that of a number which no route claims. */
  call(config: Config, route: string, outcome: CallOutcome): void {
    this.#keepTo(config)
    this.#calls.inc({ route: route === '' ? NO_ROUTE : this.#routes.of(route, config.routes), outcome })
  }

  /** Something came of an attempt to reach an endpoint; `now` in epoch milliseconds. */
  hop(config: Config, name: string, outcome: OutcomeClass, now: number): void {
    const endpoint = this.#endpoint(config, name)
    this.#hops.inc({ endpoint, class: outcome })
    this.seizures.note(endpoint, outcome === 'answered', now)
  }

  failover(config: Config, name: string): void {
    this.#failovers.inc({ endpoint: this.#endpoint(config, name) })
  }

  noProgress(config: Config, name: string, result: NoProgressResult): void {
    this.#noProgress.inc({ endpoint: this.#endpoint(config, name), result })
  }

  postDialDelay(config: Config, name: string, seconds: number): void {
    this.#postDialSeconds.observe({ endpoint: this.#endpoint(config, name) }, seconds)
  }

  #endpoint(config: Config, name: string): string {
    this.#keepTo(config)
    return this.#endpoints.of(name, config.endpoints)
  }

  /** Drops the label values of names that a reload has removed: they would stay for ever. */
  #keepTo(config: Config): void {
    if (config === this.#config) return
    this.#config = config
    for (const route of this.#routes.drop(config.routes)) {
      for (const outcome of CALL_OUTCOMES) this.#calls.remove({ route, outcome })
    }
    for (const endpoint of this.#endpoints.drop(config.endpoints)) {
      for (const outcome of OUTCOME_CLASSES) this.#hops.remove({ endpoint, class: outcome })
      for (const result of NO_PROGRESS_RESULTS) this.#noProgress.remove({ endpoint, result })
      this.#failovers.remove({ endpoint })
      this.#postDialSeconds.remove({ endpoint })
      this.seizures.forget(endpoint)
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name: `dialsip_${name}`, help, labelNames, registers: [this.registry] })
  }
}
