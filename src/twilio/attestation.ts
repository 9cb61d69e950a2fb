/** How far the caller's number is vouched for: SHAKEN level A, B or C, a check that failed, or no check. */
export type Attestation = 'A' | 'B' | 'C' | 'failed' | 'none'

/**
 * `TN-Validation-` and the verdict, then the level, then how the call came (`-Diverted`, `-Passthrough`).
 * The level of a failed check is a claim and is not read.
 */
const VERDICT = /^tn-validation-(?:passed-([abc])|failed)(?:-.*)?$/i

/**
 * Reads the webhook parameter `StirVerstat`, in any letter case. What Twilio does not list is `none`, so that
 * a spelling unknown to us never makes a caller look trusted.
 * From Twilio's page "Trusted Calling with SHAKEN/STIR"; its `NULL` has the same meaning as a failed check.
 */
export function attestationOf(stirVerstat: string | undefined): Attestation {
  if (stirVerstat === undefined) return 'none'
  if (stirVerstat.toUpperCase() === 'NULL') return 'failed'
  const verdict = VERDICT.exec(stirVerstat)
  if (!verdict) return 'none'
  return (verdict[1]?.toUpperCase() as 'A' | 'B' | 'C' | undefined) ?? 'failed'
}
