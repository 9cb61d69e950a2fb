import type { YAMLException } from 'js-yaml'
import type { Problem } from '../errors/problem.js'

const QUOTES =
  'a text that holds `{`, `}`, `[`, `]`, `, ` or `: `, or begins with `@`, `&`, `*` or `!`, needs quotes'

/** What the parser's reasons come down to in a config, and how to mend it. */
const REASONS: readonly [reason: RegExp, help: string, expected?: string][] = [
  [/tab characters/, 'indent with spaces'],
  [/flow collection|block mapping entry|mapping key$/, QUOTES],
  [/bad indentation/, `align it with the line that it belongs to; ${QUOTES}`],
  [/alias/, 'a text that begins with `*` needs quotes; an alias needs its `&anchor` above it'],
  [
    /single document/,
    'remove the `---`, or put the rest into a file of its own under `include`',
    'one document',
  ],
  [/cannot merge/, 'write `<<: *anchor`, with `&anchor` at a map', 'an alias of a map'],
  [/quoted scalar/, 'close the quote'],
  [/escape sequence|hexadecimal/, 'use single quotes: in double quotes a backslash begins an escape'],
  [/non-printable/, 'remove the character'],
]

/** What is wrong with a text that is not YAML, and the offset of the place in UTF-16 units. */
export function syntaxProblem(
  { reason, mark }: YAMLException,
  text: string,
): { problem: Problem; offset: number } {
  const [, help, expected] = REASONS.find(([pattern]) => pattern.test(reason)) ?? [undefined, QUOTES]
  const code = /tab characters/.test(reason) ? 'yaml-tab' : 'yaml-syntax'
  const offset = mark?.position ?? text.search(/(?<=\S\s*\n)---/)
  return { problem: { code, message: `not valid YAML: ${reason}`, expected, help }, offset }
}
