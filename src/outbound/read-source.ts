import { z } from 'zod'
import { keysAt, unknownKey } from '../config/schema/keys.js'
import { zodProblems } from '../config/schema/zod-problems.js'
import type { Findings } from './call-request.js'
import { type CallSource, callShape } from './call-schema.js'
import { writtenHops } from './written-hops.js'

const KEYS = Object.keys(callShape)

/**
 * The well-shaped values of a request, by Twilio's names in either spelling: `statusCallback` as in the SDK,
 * `StatusCallback` as in the REST API. Each key is checked by itself, so that one error hides no other.
 */
export function readSource(input: unknown, findings: Findings): CallSource {
  const source: Record<string, unknown> = {}
  for (const [written, value] of Object.entries(mapOf(input, findings))) {
    const key = written.charAt(0).toLowerCase() + written.slice(1)
    if (value === undefined || value === null) continue
    if (!Object.hasOwn(callShape, key)) findings.add(unknownKey(written, KEYS), written)
    else if (key in source) findings.add(twice(key), key)
    else source[key] = validated(key, value, findings)
  }
  return source
}

function mapOf(input: unknown, findings: Findings): object {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input
  findings.add({
    code: 'wrong-type',
    message: 'a call request is a map of keys such as to and from',
    expected: 'a JSON object or a form',
  })
  return {}
}

function validated(key: string, value: unknown, findings: Findings): unknown {
  const schema = z.object({ [key]: callShape[key]! })
  const input = { [key]: key === 'dial' ? writtenHops(value) : value }
  const { data, error } = schema.safeParse(input)
  if (data) return data[key]
  for (const { problem, path } of zodProblems(error, input, (at) => keysAt(schema, at)))
    findings.add(problem, ...path)
  return undefined
}

function twice(key: string) {
  return {
    code: 'conflicting-keys',
    message: `${key} stands twice, in two spellings`,
    expected: 'each parameter once',
    found: key,
    help: 'keep one of them',
  } as const
}
