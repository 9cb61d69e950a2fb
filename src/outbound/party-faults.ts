import type { Problem } from '../fault/problem.js'
import { suggest } from '../fault/suggest.js'

export function noSuchParty(found: string, endpoints: readonly string[]): Problem {
  const meant = suggest(found, endpoints)
  return {
    code: 'unknown-endpoint',
    message: `no endpoint is called "${found}"${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: 'a SIP URI, the name of an endpoint, USER@ENDPOINT, or a phone number in E.164 form',
    found,
    cure: meant ? `write ${meant}` : 'write sip:user@host',
  }
}

export function noSuchHop(found: string, names: readonly string[]): Problem {
  const meant = suggest(found, names)
  return {
    code: 'unknown-endpoint',
    message: `no endpoint or group is called "${found}"${meant ? `; did you mean "${meant}"?` : ''}`,
    expected: 'the name of an endpoint or group, a SIP URI, or a phone number in E.164 form',
    found,
    cure: meant ? `write ${meant}` : 'write sip:user@host',
  }
}

/** All hops of a dial are rung for the same party, as those of a route are. */
export function userInHop(found: string, endpoint: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `a hop names no user, as "${found}" does`,
    expected: endpoint,
    found,
    cure: `write ${endpoint}, and beside dial as called who is called there`,
  }
}

export function userMissing(endpoint: string): Problem {
  return {
    code: 'template-name',
    message: `the URI of endpoint ${endpoint} has a template for its user, and nothing says who is called`,
    expected: `USER@${endpoint}`,
    found: endpoint,
    cure: `write 100@${endpoint} to call 100 there`,
  }
}

export function userFixed(endpoint: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `the URI of endpoint ${endpoint} says itself who is called`,
    expected: endpoint,
    found: `USER@${endpoint}`,
    cure: `write ${endpoint}`,
  }
}

export function onlySip(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} belongs to a SIP URI, and a phone number is called`,
    expected: `${key} beside a SIP URI`,
    found: key,
    cure: `remove ${key}`,
  }
}
