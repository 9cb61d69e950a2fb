import type { RefusedRequest, RequestDifference } from './refused-request.js'
import { type Hash, matches, signatureOf } from './signature.js'
import { signedVariants } from './signed-variants.js'

export type { RefusedRequest } from './refused-request.js'

/** Why a signature was refused. The codes are stable, so that alerts can be built on them. */
type DiagnosisCode =
  | RequestDifference
  | 'no-signature'
  | 'not-a-signature'
  | 'unknown-account'
  | 'shared-key'
  | 'no-match'

export interface Diagnosis {
  readonly code: DiagnosisCode
  /** A sentence for the log, never for the caller. */
  readonly says: string
}

/** How many signatures one diagnosis computes at most. */
const MOST_SIGNATURES = 40

const SIGNATURES: Readonly<Record<Hash, RegExp>> = {
  sha1: /^[A-Za-z0-9+/]{27}=$/,
  sha256: /^[A-Za-z0-9+/]{43}=$/,
}

/**
 * Finds the variant of a refused request that its signature does match, one difference at a time.
 * It computes 40 signatures at most, about 0.4 ms for a usual form and 4 ms for one of 64 kB: of a flood,
 * diagnose a sample. What it says holds no token, no expected signature, and of the request only what a
 * matching signature vouches for.
 */
export function diagnose(request: RefusedRequest): Diagnosis {
  const { signature, signing } = request
  if (!signature) return NO_SIGNATURE
  if (!signing) return ODD_SETTINGS
  if (!SIGNATURES[signing.hash].test(signature)) return notASignature(signature)
  const given = Buffer.from(signature)
  let left = MOST_SIGNATURES
  for (const { code, says, url, params, keys } of signedVariants(request)) {
    const affordable = keys.slice(0, left)
    left -= affordable.length
    if (affordable.some((key) => matches(given, signatureOf(key, url, params, signing.hash))))
      return { code, says }
  }
  const account = request.keys.get(request.account ?? '')
  if (!account) return UNKNOWN_ACCOUNT
  const { sharedKey } = signing
  if (sharedKey === undefined) return NO_MATCH
  return account.shared.has(sharedKey) ? NO_MATCH_BY_SHARED_KEY : noSharedKey(sharedKey)
}

const NO_SIGNATURE: Diagnosis = {
  code: 'no-signature',
  says: 'no X-Twilio-Signature: the request is not from Twilio, or a proxy removed the header',
}

const NOT_A_SIGNATURE: Diagnosis = {
  code: 'not-a-signature',
  says: 'X-Twilio-Signature is not the base64 of an HMAC: the request is not from Twilio',
}

/** A shared key is the only one that signs with SHA-256, and says so in a header. */
function notASignature(signature: string): Diagnosis {
  return SIGNATURES.sha256.test(signature) ? NO_SETTINGS : NOT_A_SIGNATURE
}

const NO_SETTINGS: Diagnosis = {
  code: 'shared-key',
  says: 'an HMAC-SHA256, so signed with a shared key, but X-Twilio-Webhooks-Signature-Settings does not say so: see whether a proxy removed or changed that header',
}

const ODD_SETTINGS: Diagnosis = {
  code: 'shared-key',
  says: 'X-Twilio-Webhooks-Signature-Settings is not key=ID,algorithm=HMAC_SHA256 or HMAC_SHA1: the request is not from Twilio, or Twilio signs in a new way',
}

/** Only an id of this form is logged, since anyone may have sent the request. */
const PLAIN_ID = /^[\w-]{1,64}$/

function noSharedKey(id: string): Diagnosis {
  const shown = PLAIN_ID.test(id) ? id : '(an odd id)'
  return {
    code: 'shared-key',
    says: `signed with the shared key ${shown}, which the account does not have here: add it under sharedKeys, if it is yours`,
  }
}

const UNKNOWN_ACCOUNT: Diagnosis = {
  code: 'unknown-account',
  says: 'the request names no account that is known here: add it under accounts if it is yours',
}

const NO_MATCH: Diagnosis = {
  code: 'no-match',
  says: 'no near variant of the request matches: publicUrl may not be the URL set at Twilio, or authTokens lacks the primary token of the account; with Twilio Regions each region has a token of its own',
}

const NO_MATCH_BY_SHARED_KEY: Diagnosis = {
  code: 'no-match',
  says: 'no near variant of the request matches: publicUrl may not be the URL set at Twilio, or sharedKeys has another secret for the key that signed',
}
