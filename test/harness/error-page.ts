import { ERROR_CODES, type ErrorCode } from '../../src/errors/codes.js'
import { type ErrorFile, joinFiles } from './error-file.js'

const HEAD = `# Errors and warnings of a config

\`dialsip check\` prints everything that is wrong with a config at once: each with a code, the place as
\`file:line:column\`, the line with a caret, what was expected, what was found and help. An error stops \`serve\` and makes
\`check\` exit 1; a warning does not, unless \`check --strict\` is asked for.

Each code below has an example: a config that is broken on purpose, and what is printed of it. This page is made from
\`src/errors/codes.ts\` and \`test/errors/\` by \`npm run errors:update\`.
`

/** `docs/errors.md`: every code with its meaning, help and example. */
export function errorPage(files: readonly ErrorFile[]): string {
  const examples = new Map(files.map((file) => [file.name, file]))
  const codes = Object.keys(ERROR_CODES) as ErrorCode[]
  const list = codes.map((code) => `[${code}](#${code})`).join(' · ')
  return [HEAD, `${list}\n`, ...codes.map((code) => entry(code, examples.get(code)!))].join('\n')
}

function entry(code: ErrorCode, { files, printed }: ErrorFile): string {
  const { level, when, help } = ERROR_CODES[code]
  return `## ${code}

${level === 'error' ? 'Error' : 'Warning'}. ${when} ${help}

\`\`\`yaml
${joinFiles(files)}\`\`\`

\`\`\`text
${printed}\`\`\`
`
}
