import { commonTimezone, parseInstant } from '../../schedule/instant.js'
import type { Config, TestCase } from '../config.js'
import type { Report } from '../report.js'
import type { TestSource } from '../schema/test.js'
import type { Item } from '../shape.js'
import { below } from '../source.js'
import { unknownName } from './context.js'

/** Checks what of a test case can be told without running it: its time, and the route that it expects. */
export function checkTest(
  { value, origin }: Item<TestSource>,
  { routes, schedules }: Pick<Config, 'routes' | 'schedules'>,
  report: Report,
): TestCase {
  const { call, expect } = value
  const timezone = commonTimezone(schedules.values())
  if (call.at) report.addAll(parseInstant(call.at, timezone).problems, below(origin, 'call', 'at'))
  // an empty name stands for default
  if (expect.route && !routes.has(expect.route))
    report.add(unknownName('route', expect.route, routes.keys()), below(origin, 'expect', 'route'))
  return placed({ value, origin })
}

/** A case that knows where it stands, for when it fails. */
export function placed({ value, origin }: Item<TestSource>): TestCase {
  return { ...value, written: { file: origin.file.name, path: origin.path } }
}
