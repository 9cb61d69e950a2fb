import type { Config, Endpoint } from '../../src/model/config.js'
import { secretMasker } from '../../src/sip/masker.js'
import { uriText } from '../../src/sip/uri.js'

/** Makes a function that says where an endpoint of the config leads, as the config says it and without secrets. */
export function shownAddress({ secrets }: Pick<Config, 'secrets'>): (endpoint: Endpoint) => string {
  const mask = secretMasker(secrets)
  // only an endpoint without a name may be a phone number
  return ({ uri }) => mask(uriText(uri!))
}
