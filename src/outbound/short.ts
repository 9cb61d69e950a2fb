import type { RequestFinding } from './call-request.js'

/** A message with a value of this length still fits on a screen; whoever sent the value has it whole. */
const LONGEST = 300

/** How much of the end is kept: the message goes on behind the value that it quotes. */
const END = 120

/** The finding with every text in it cut in its middle that is too long to be read. */
export function shortFinding({ path, problem }: RequestFinding): RequestFinding {
  const { message, found, help } = problem
  return {
    path: path.map((step) => (typeof step === 'string' ? short(step) : step)),
    problem: {
      ...problem,
      message: short(message),
      ...(found !== undefined && { found: short(found) }),
      ...(help !== undefined && { help: short(help) }),
    },
  }
}

function short(text: string): string {
  if (text.length <= LONGEST) return text
  return `${text.slice(0, LONGEST - END - 1)}…${text.slice(-END)}`
}
