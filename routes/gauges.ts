import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Endpoint } from '../src/model/config.js'
import { OTHER } from './label-names.js'
import type { Service } from './service.js'

/** States of an endpoint that people and alerts know. */
const STATES = ['up', 'ejected', 'drained'] as const

/** Left out: they walk over every connection at each scrape, and a gauge must not end in `_total` (Prometheus). */
const UNFIT = ['active_handles', 'active_requests', 'active_resources']

/** Gauges that are read from the service only when Prometheus asks, with those of Node itself. */
export function gaugesOf(service: Service): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'dialsip_' })
  for (const name of UNFIT) {
    for (const end of ['', '_total']) registry.removeSingleMetric(`dialsip_nodejs_${name}${end}`)
  }
  new Counter({
    name: 'dialsip_log_lines_dropped_total',
    help: 'Lines of the log that could not be written: the disk was full, or nobody read them.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(service.linesDropped())
    },
  })
  for (const [name, { help, labels, read }] of Object.entries(GAUGES)) {
    new Gauge({
      name: `dialsip_${name}`,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset()
        // a reset gauge without labels is 0, which would say that something is down
        if (labels.length === 0) this.remove()
        for (const [values, value] of read(service)) this.set(values, value)
      },
    })
  }
  return registry
}

/** The labels of one value of a gauge, and the value. */
type Sample = readonly [Readonly<Record<string, string>>, number]

interface GaugeOf {
  readonly help: string
  readonly labels: readonly string[]
  read(service: Service): Iterable<Sample>
}

const GAUGES: Readonly<Record<string, GaugeOf>> = {
  answer_seizure_ratio: {
    help: 'Answered calls of all that were put to the endpoint in the last half hour, 0 to 1.',
    labels: ['endpoint'],
    *read({ active, meters, now }) {
      for (const name of [...active.config.endpoints.keys(), OTHER]) {
        const ratio = meters.seizures.ratio(name, now())
        if (ratio !== undefined) yield [{ endpoint: name }, ratio]
      }
    },
  },
  endpoint_state: {
    help: '1 for the state that the endpoint is in: up, ejected or drained.',
    labels: ['endpoint', 'state'],
    *read({ active, health, now }) {
      for (const { name } of shown(active.config.endpoints)) {
        const { standing } = health.of(name, now())
        for (const state of STATES) yield [{ endpoint: name, state }, Number(state === standing)]
      }
    },
  },
  endpoint_calls: {
    help: 'Calls that the endpoint has now.',
    labels: ['endpoint'],
    *read({ active, limits, now }) {
      for (const { name } of shown(active.config.endpoints))
        yield [{ endpoint: name }, limits.count(name, now())]
    },
  },
  config_info: {
    help: '1, for the revision of the config that decides: of its files, and after a dash of what `${…}` gave.',
    labels: ['revision'],
    read: ({ active }) => [[{ revision: active.config.revision }, 1]],
  },
  config_last_reload_successful: {
    help: '1, or 0 if the files of the config were refused when they were read last.',
    labels: [],
    read: ({ reload }) => [[{}, Number(reload.successful)]],
  },
  config_last_reload_success_timestamp_seconds: {
    help: 'When the config that decides was loaded, in seconds since 1970.',
    labels: [],
    read: ({ reload }) => [[{}, reload.since / 1000]],
  },
  shared_state_up: {
    help: '1 while the state that replicas share can be reached; only with state: redis://….',
    labels: [],
    read: ({ shared }) => (shared ? [[{}, Number(shared.up)]] : []),
  },
}

/** More endpoints than this would make every scrape a burden. */
const MOST_ENDPOINTS = 1_000

function shown(endpoints: ReadonlyMap<string, Endpoint>): Endpoint[] {
  return [...endpoints.values()].slice(0, MOST_ENDPOINTS)
}
