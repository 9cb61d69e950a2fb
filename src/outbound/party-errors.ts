import type { Problem } from '../errors/problem.js'
import { didYouMean, suggest } from '../errors/suggest.js'

export function noSuchParty(found: string, endpoints: readonly string[]): Problem {
  const meant = suggest(found, endpoints)
  return {
    code: 'unknown-endpoint',
    message: `no endpoint is called "${found}"${didYouMean(meant)}`,
    expected: 'a SIP URI, the name of an endpoint, USER@ENDPOINT, or a phone number in E.164 form',
    found,
    help: meant ? `write ${meant}` : 'write sip:user@host',
  }
}

/** Twilio repeats `To` in every webhook of the call, and logs and the API show it. */
export const passwordInParty: Problem = {
  code: 'wrong-value',
  message: 'the SIP URI that is called holds a password, which logs and webhooks would show',
  expected: 'a SIP URI without a password',
  help: 'write sipAuthUsername and sipAuthPassword, or at an endpoint username and password',
}

export function userMissing(endpoint: string): Problem {
  return {
    code: 'template-name',
    message: `the URI of endpoint ${endpoint} has a template for its user, and nothing says who is called`,
    expected: `USER@${endpoint}`,
    found: endpoint,
    help: `write 100@${endpoint} to call 100 there`,
  }
}

export function userFixed(endpoint: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `the URI of endpoint ${endpoint} says itself who is called`,
    expected: endpoint,
    found: `USER@${endpoint}`,
    help: `write ${endpoint}`,
  }
}

export const onlyPhone: Problem = {
  code: 'conflicting-keys',
  message: 'byoc is a trunk to the telephone network, and a SIP URI is called',
  expected: 'byoc beside a phone number',
  found: 'byoc',
  help: 'remove byoc, or call a phone number',
}

export const usernameMissing: Problem = {
  code: 'missing-key',
  message: 'sipAuthPassword has no effect without sipAuthUsername',
  expected: 'sipAuthUsername beside it',
  help: 'add sipAuthUsername, or remove sipAuthPassword',
}

export function onlySip(key: string): Problem {
  return {
    code: 'conflicting-keys',
    message: `${key} belongs to a SIP URI, and a phone number is called`,
    expected: `${key} beside a SIP URI`,
    found: key,
    help: `remove ${key}`,
  }
}
