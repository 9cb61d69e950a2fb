import { FAULTS, type FaultCode } from '../src/fault/codes.js'
import { type FaultFile, joinFiles } from './fault-file.js'

const HEAD = `# Faults and warnings of a config

\`dialsip check\` prints everything that is wrong with a config at once: each with a code, the place as
\`file:line:column\`, the line with a caret, what was expected, what was found and a cure. A fault stops \`serve\` and makes
\`check\` exit 1; a warning does not, unless \`check --strict\` is asked for.

Each code below has an example: a config that is broken on purpose, and what is printed of it. This page is made from
\`src/fault/codes.ts\` and \`test/faults/\` by \`npm run faults:update\`.
`

/** `docs/faults.md`: every code with its meaning, cure and example. */
export function faultPage(files: readonly FaultFile[]): string {
  const examples = new Map(files.map((file) => [file.name, file]))
  const codes = Object.keys(FAULTS) as FaultCode[]
  const list = codes.map((code) => `[${code}](#${code})`).join(' · ')
  return [HEAD, `${list}\n`, ...codes.map((code) => entry(code, examples.get(code)!))].join('\n')
}

function entry(code: FaultCode, { files, printed }: FaultFile): string {
  const { level, when, cure } = FAULTS[code]
  return `## ${code}

${level === 'fault' ? 'Fault' : 'Warning'}. ${when} ${cure}

\`\`\`yaml
${joinFiles(files)}\`\`\`

\`\`\`text
${printed}\`\`\`
`
}
