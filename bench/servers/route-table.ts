import { readFileSync } from 'node:fs'
import type { Parts, Table } from '../material/answers.js'

export interface TableRoute {
  readonly name: string
  readonly parts: Parts
  readonly reason: string
}

/** The number plan in memory: a `Map`, as anybody would do it. The file is the process's first argument. */
export function readTable(): Map<string, TableRoute> {
  const { routes, numbers } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Table
  const named = routes.map((route) => ({ ...route, reason: `route ${route.name}` }))
  return new Map(numbers.map(([number, place]) => [number, named[place]!]))
}
