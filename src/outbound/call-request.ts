import type { Path, Problem } from '../errors/problem.js'

/** A call that may be placed: nothing in it that Twilio is known to refuse. */
export interface CallRequest {
  /** The SID of the account that places it. */
  readonly account: string
  /** The parameters of "Create a Call", named as in Twilio's SDK. */
  readonly parameters: CallParameters
}

export interface CallParameters extends Readonly<Record<string, unknown>> {
  readonly to: string
  readonly from: string
}

/** A problem and the key of the request that it speaks of. */
export interface RequestFinding {
  readonly path: Path
  readonly problem: Problem
}

/** What came of checking a request: a call unless there are errors, and everything that was found. */
export interface CheckedRequest {
  readonly request: CallRequest | undefined
  readonly errors: readonly RequestFinding[]
  readonly warnings: readonly RequestFinding[]
}

/** Gathers what is wrong with one request. Values that are too long to be read are not repeated whole. */
export class Findings {
  readonly all: RequestFinding[] = []

  add(problem: Problem, ...path: Path): void {
    this.all.push(shortFinding({ path, problem }))
  }

  addAll(problems: readonly Problem[], ...path: Path): void {
    for (const problem of problems) this.add(problem, ...path)
  }
}

/** A message with a value of this length still fits on a screen; its sender has it whole. */
const LONGEST = 300

/** How much of the end is kept: the message goes on behind the value that it quotes. */
const END = 120

/** The finding with every text in it cut in its middle that is too long to be read. */
function shortFinding({ path, problem }: RequestFinding): RequestFinding {
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
