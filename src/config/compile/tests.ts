import type { Item } from '../../errors/origin.js'
import { below } from '../../errors/origin.js'
import { reportUnknown } from '../../errors/references.js'
import type { Reporter } from '../../errors/reporter.js'
import type { Config, TestCase } from '../../model/config.js'
import { parseInstant } from '../../schedule/instant.js'
import type { TestSource } from '../../schema/test-case.js'

/** Checks what of a test case can be told without running it: its time, and the route that it expects. */
export function checkTest(
  { value, origin }: Item<TestSource>,
  routes: Config['routes'],
  timezone: string | undefined,
  report: Reporter,
): TestCase {
  const { call, expect } = value
  if (call.at) report.addAll(parseInstant(call.at, timezone).problems, below(origin, 'call', 'at'))
  // an empty name stands for default
  if (expect.route && !routes.has(expect.route))
    reportUnknown('route', expect.route, routes, report, below(origin, 'expect', 'route'))
  return placed({ value, origin })
}

/** A case that knows where it stands, for when it fails. */
export function placed({ value, origin }: Item<TestSource>): TestCase {
  return { ...value, written: { file: origin.file.name, path: origin.path } }
}
