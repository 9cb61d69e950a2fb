import { explainer } from '../../src/explain/explain.js'
import { readPairs, readScenario, WrongQuestion } from '../../src/explain/scenario.js'
import { stateAt } from '../service.js'
import { checkQuery } from './body.js'
import type { AdminPlugin } from './plugin.js'

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

const KNOWN = ['to', 'from', 'account', 'at', 'param', 'outcome', 'down', 'drained']

/**
 * `GET /api/explain?to=…&from=…&account=…&at=…&param=K=V&outcome=ENDPOINT=503&down=ENDPOINT&drained=ENDPOINT`: the
 * explanation of one call as JSON. Endpoints stand, and overrides hold, as they do now on this replica, unless the query says otherwise.
 */
export const explainApi: AdminPlugin = (app, { service }, done) => {
  app.get<{ Querystring: Query }>('/api/explain', ({ query }, reply) => {
    checkQuery(query, KNOWN)
    const { config } = service.active
    const now = service.now()
    try {
      return explainer(config)(readScenario(config, questionOf(query), now, stateAt(service, now)))
    } catch (error) {
      if (!(error instanceof WrongQuestion)) throw error
      return reply.code(400).send({ error: error.message })
    }
  })
  done()
}

function questionOf(query: Query) {
  const one = (name: string) => many(name).at(-1)
  return {
    params: {
      ...pairs('param'),
      ...('to' in query && { To: one('to')! }),
      ...('from' in query && { From: one('from')! }),
    },
    account: one('account'),
    at: one('at'),
    outcomes: pairs('outcome'),
    down: many('down'),
    drained: many('drained'),
  }

  function many(name: string): string[] {
    return [query[name] ?? []].flat() as string[]
  }

  function pairs(name: 'param' | 'outcome'): Record<string, string> {
    return readPairs(many(name), name)
  }
}
