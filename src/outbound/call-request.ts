import { z } from 'zod'
import { dialEntry } from '../dial/hop.js'
import type { Path, Problem } from '../errors/problem.js'
import { attributeShape, flag, listOf, mapOf, oneOf, text, url } from '../schema/scalars.js'
import { CALL_PARAMETERS } from '../twilio/call-parameters.js'

/** Twilio: "Twiml: max 4000 characters" (error 32018). */
export const MOST_TWIML = 4000
const twimlExpected = `a TwiML document of ${MOST_TWIML} characters at most`

/** More hops than this are a mistake, and would make a long URL. */
export const MOST_HOPS = 10

/** `{{To}}` is a number or a SIP address, and Twilio takes none of 255 characters. */
export const LONGEST_CALLED = 254
const calledExpected = `a number or SIP address of at most ${LONGEST_CALLED} characters`

/** The keys of a request for a call that are dialsip's own, or have rules of their own. */
export const ownShape = {
  to: text('a SIP URI, the name of an endpoint, or USER@ENDPOINT').describe(
    'Who is called: a SIP URI, an endpoint, USER@ENDPOINT, or a phone number.',
  ),
  from: text('a caller id').optional().describe('The caller id: letters, digits and `+-_.`.'),
  account: text('the SID or name of an account')
    .optional()
    .describe('The account that places the call; default: the first of the config.'),
  headers: mapOf(z.string('a text'), 'a map of header names and values')
    .optional()
    .describe('SIP headers of the INVITE, not percent-encoded. Under 1024 characters in all.'),
  transport: oneOf('udp', 'tcp', 'tls').optional().describe('How the SIP endpoint is reached.'),
  region: text('a Twilio region').optional().describe('The region from which the call leaves, such as de1.'),
  edge: text('a Twilio edge').optional().describe('The same by its edge name, such as frankfurt.'),
  secure: flag().optional().describe('SRTP, and TLS for signalling.'),
  url: url().optional().describe('When answered: the TwiML that Twilio fetches.'),
  twiml: z
    .string(twimlExpected)
    .min(1, twimlExpected)
    .max(MOST_TWIML, twimlExpected)
    .optional()
    .describe('When answered: this TwiML.'),
  applicationSid: z
    .string('an application SID')
    .regex(/^AP[0-9a-fA-F]{32}$/, 'AP and 32 hexadecimal digits')
    .optional()
    .describe('When answered: this TwiML application.'),
  route: text('the name of a route').optional().describe('When answered: what this route does.'),
  dial: listOf(dialEntry)
    .optional()
    .describe(
      'When answered: join with these, one after the other: endpoints, groups, SIP URIs, phone numbers, ring and split as in the config.',
    ),
  called: text(calledExpected)
    .max(LONGEST_CALLED, calledExpected)
    .optional()
    .describe('With route or dial: the value of {{To}}; default: the answered party itself.'),
}

/** Everything that a request may hold. */
export const callShape: Readonly<Record<string, z.ZodType>> = {
  ...ownShape,
  ...attributeShape(CALL_PARAMETERS),
}

/** What Twilio does when the call is answered: exactly one of them. */
export const ANSWERED_BY = ['url', 'twiml', 'applicationSid', 'route', 'dial'] as const

/** A request by its shape, for the description of the API; `checkCallRequest` finds more. */
export const callRequestSchema = z.strictObject(callShape).meta({
  id: 'CallRequest',
  description:
    'A call to a SIP endpoint. Names as in Twilio’s SDK; with a capital first letter, as in its REST API, they are taken as well.',
  oneOf: ANSWERED_BY.map((key) => ({ required: [key] })),
})

type Own = { readonly [K in keyof typeof ownShape]?: z.output<(typeof ownShape)[K]> | undefined }

/** The values of a request that have the right shape. */
export interface CallSource extends Own, Readonly<Record<string, unknown>> {}

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

/** What came of checking a request: a call unless there are errors, and everything that was found. */
export interface CheckedRequest {
  readonly request: CallRequest | undefined
  readonly errors: readonly RequestFinding[]
  readonly warnings: readonly RequestFinding[]
}

/** A problem and the key of the request that it speaks of. */
export interface RequestFinding {
  readonly path: Path
  readonly problem: Problem
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
