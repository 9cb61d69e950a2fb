import type { ErrorCode } from '../errors/codes.js'
import type { Problem } from '../errors/problem.js'

const NUMBER = 'a plus sign and at most 15 digits, the country code first'
const RANGE = 'two E.164 numbers of the same length in ascending order'
const PATTERN = 'a number, a prefix, a range or a SIP address'

/** For a number, a prefix or an end of a range that is not written in E.164 form. */
export function formError(text: string, meant: string | undefined): Problem {
  const form = meant === undefined ? `: ${NUMBER}` : ''
  return error('number-format', `"${text}" is not in E.164 form${form}`, NUMBER, text, meant)
}

export function rangeError(text: string, meant: string | undefined): Problem {
  return error('number-range', `"${text}" is not ${RANGE}`, RANGE, text, meant)
}

/** For what is neither a number nor anything else that can be matched. */
export function patternError(text: string, meant?: string): Problem {
  return error('address-pattern', `"${text}" is not ${PATTERN}`, PATTERN, text, meant)
}

/** For what Twilio says of a caller who withholds the number, such as `restricted` or `+266696687`. */
export function withheldError(text: string): Problem {
  if (text === '' || text === 'anonymous') return patternError(text)
  const message = `"${text}" stands for a caller who withholds the number`
  return error('address-pattern', message, PATTERN, text, 'anonymous')
}

/** For a `*` before the end, where it would have to stand for the middle. */
export function starError(text: string, meant?: string): Problem {
  const message = `the * in "${text}" does not come last; it stands for all that follows`
  return error('address-pattern', message, 'one * at the end', text, meant)
}

/** For a lone `*`, which could mean every number or every call. */
export function bareStarError(): Problem {
  const help = "`+*`, or the config's `default`"
  const message = `"*" could mean every number or every call; write ${help}`
  return { code: 'address-pattern', message, expected: PATTERN, found: '*', help }
}

function error(code: ErrorCode, message: string, expected: string, found: string, meant?: string): Problem {
  if (meant === undefined) return { code, message, expected, found }
  return { code, message: `${message}; did you mean "${meant}"?`, expected, found, help: meant }
}
