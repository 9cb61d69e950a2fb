import { createRequire } from 'node:module'

type PhoneMetadata = typeof import('libphonenumber-js/min')

const require = createRequire(import.meta.url)
let loaded: PhoneMetadata | undefined

/**
 * The numbering plans of the world (libphonenumber). They take about 40 ms to load, and most configs never
 * need them: so they are loaded when first asked for. Who loads a config that needs them asks once, so that
 * no caller waits. This is the smallest build; it tells the countries of a shared code (`+1`, `+44`, `+7`, …)
 * apart as well as the largest.
 */
export function phoneMetadata(): PhoneMetadata {
  loaded ??= require('libphonenumber-js/min') as PhoneMetadata
  return loaded
}
