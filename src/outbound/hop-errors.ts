import type { Problem } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'

export function noSuchHop(found: string, names: readonly string[]): Problem {
  const meant = suggest(found, names)
  return {
    code: 'unknown-endpoint',
    message: `no endpoint or group is called "${found}"${didYouMean(meant)}`,
    expected: 'the name of an endpoint or group, a SIP URI, or a phone number in E.164 form',
    found,
    help: meant ? `write ${meant}` : 'write sip:user@host',
  }
}

/** All hops of a dial are rung for the same party, as those of a route are. */
export function userInHop(endpoint: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `a hop names endpoint ${endpoint} without a user`,
    expected: endpoint,
    help: `write ${endpoint}, and beside dial as called who is called there`,
  }
}

/** Attributes have no place in the URL that brings the dial back; a group keeps them by its name. */
export function onlyInGroup(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} cannot stand in the dial of a request`,
    expected: 'endpoint, uri, number, ring or split with by, and nothing else',
    found: key,
    help: `write the hop with its ${key} under groups in the config, and dial that group`,
  }
}

export const passwordInHop: Problem = {
  code: 'wrong-value',
  message:
    'a SIP URI with a password cannot stand in dial: Twilio keeps and shows the URL that it travels in',
  expected: 'a SIP URI without a password, or the name of an endpoint',
  help: 'add an endpoint to the config, with username and password, and dial that',
}

export function brokenMap(found: string): Problem {
  return {
    code: 'wrong-value',
    message: `"${found}" begins as a map and is none`,
    expected: 'a map such as { ring: [frankfurt, dublin] } or { split: { frankfurt: 80, dublin: 20 } }',
    found,
    help: 'write it as in the config, on one line',
  }
}
