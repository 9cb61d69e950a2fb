import { createRequire } from 'node:module'

type PhoneMetadata = typeof import('libphonenumber-js/min')

const require = createRequire(import.meta.url)
let loaded: PhoneMetadata | undefined

/**
 * The numbering plans of the world (libphonenumber). Loaded when first asked for, because that takes about 40 ms
 * and most configs never need them: whoever compiles a config that does asks once, so that no caller waits.
 *
 * The smallest build. It tells the countries of a shared code (`+1`, `+44`, `+7`, …) apart as the largest one does.
 */
export function phoneMetadata(): PhoneMetadata {
  loaded ??= require('libphonenumber-js/min') as PhoneMetadata
  return loaded
}
