import { accountVariants, formVariants } from './form-variants.js'
import {
  type RefusedRequest,
  type RequestDifference,
  receivedOf,
  type SignedVariant,
} from './refused-request.js'
import { matches, signatureOf } from './signature.js'
import { originVariants, pathVariants, queryVariants } from './url-variants.js'

export type { RefusedRequest } from './refused-request.js'

/** Why a signature was refused. The codes are stable, so that alerts can be built on them. */
export type DiagnosisCode =
  | RequestDifference
  | 'no-signature'
  | 'not-a-signature'
  | 'unknown-account'
  | 'no-match'

export interface Diagnosis {
  readonly code: DiagnosisCode
  /** A sentence for the log, never for the caller. */
  readonly says: string
}

/** How many signatures one diagnosis computes at most. */
const MOST_SIGNATURES = 40

const SIGNATURE = /^[A-Za-z0-9+/]{27}=$/

/**
 * Finds the variant of a refused request that its signature does match, one difference at a time.
 * It computes 40 signatures at most, about 0.4 ms for a usual form and 4 ms for one of 64 kB: of a flood,
 * diagnose a sample. What it says holds no token, no expected signature, and of the request only what a
 * matching signature vouches for.
 */
export function diagnose(request: RefusedRequest): Diagnosis {
  if (!request.signature) return NO_SIGNATURE
  if (!SIGNATURE.test(request.signature)) return NOT_A_SIGNATURE
  const given = Buffer.from(request.signature)
  let left = MOST_SIGNATURES
  for (const { code, says, url, params, keys } of variants(request)) {
    const affordable = keys.slice(0, left)
    left -= affordable.length
    if (affordable.some((key) => matches(given, signatureOf(key, url, params)))) return { code, says }
  }
  return request.keys.has(request.account ?? '') ? NO_MATCH : UNKNOWN_ACCOUNT
}

/** In the order of how often they are met; made one by one, since most are not needed. */
function* variants(request: RefusedRequest): Generator<SignedVariant> {
  const received = receivedOf(request)
  yield* accountVariants(request, received)
  yield* originVariants(request, received)
  yield* pathVariants(request, received)
  yield* queryVariants(received)
  yield* formVariants(received)
}

const NO_SIGNATURE: Diagnosis = {
  code: 'no-signature',
  says: 'no X-Twilio-Signature: the request is not from Twilio, or a proxy removed the header',
}

const NOT_A_SIGNATURE: Diagnosis = {
  code: 'not-a-signature',
  says: 'X-Twilio-Signature is not the base64 of an HMAC-SHA1: the request is not from Twilio',
}

const UNKNOWN_ACCOUNT: Diagnosis = {
  code: 'unknown-account',
  says: 'the request names no account that is known here: add it under accounts if it is yours',
}

const NO_MATCH: Diagnosis = {
  code: 'no-match',
  says: 'no near variant of the request matches: check that authTokens holds the primary token of the account',
}
