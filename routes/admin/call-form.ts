import type { WebhookParameters } from '../../src/twilio/parameters.js'

const HEADER = /^headers\[(.+)\]$/

/** A form as the map that JSON would be: `headers[X-Tenant]=acme` is a header. */
export function callForm(form: WebhookParameters): Record<string, unknown> {
  const headers = Object.entries(form).flatMap(([key, value]) => {
    const name = HEADER.exec(key)?.[1]
    return name === undefined ? [] : [[name, value]]
  })
  const others = Object.entries(form).filter(([key]) => !HEADER.test(key))
  return Object.fromEntries(
    headers.length > 0 ? [...others, ['headers', Object.fromEntries(headers)]] : others,
  )
}
