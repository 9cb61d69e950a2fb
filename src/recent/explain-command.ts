import type { PastQuestion } from './past-question.js'

/** The command that explains a past call by the config that is there now, for a POSIX shell. */
export function explainCommand({ to, from, at, params, outcomes, down, drained }: PastQuestion): string {
  const options: (readonly [string, string])[] = [
    ['to', to],
    ['from', from],
    ['at', at],
    ...Object.entries(params).flatMap(([name, value]) =>
      [value].flat().map((one) => ['param', `${name}=${one}`] as const),
    ),
    ...Object.entries(outcomes).map(([hop, outcome]) => ['outcome', `${hop}=${outcome}`] as const),
    ...down.map((name) => ['down', name] as const),
    ...drained.map((name) => ['drained', name] as const),
  ]
  return ['dialsip explain', ...options.map(([name, value]) => `--${name} ${quote(value)}`)].join(' ')
}

/** Whatever a caller sends stays one word of the shell (POSIX, "Single-Quotes"). */
function quote(text: string): string {
  return /^[\w+.:@/=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
