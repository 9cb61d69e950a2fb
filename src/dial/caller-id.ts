import type { Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { CompileContext } from '../model/compile-context.js'
import type { Rule } from '../model/config.js'
import { CALLER_ID } from '../sip/grammar.js'
import { hasHoles, parseTemplate, type Template } from '../template/template.js'
import type { DialContext } from './dial-context.js'
import { hopsOfList } from './find-dial.js'

/** Compiles a caller id; what a template comes to is checked when the call is there. */
export function compileCallerId(text: string, origin: Origin, context: CompileContext): Template | undefined {
  const { value, problems } = parseTemplate(text, context.isTemplateName, context.templateNames)
  context.report.addAll(problems, origin)
  if (value && !hasHoles(value) && !CALLER_ID.test(text)) {
    context.report.add(cannotBeCallerId(text), origin)
  }
  return value
}

/** The error of a caller id that Twilio would refuse. */
export function cannotBeCallerId(found: string): Problem {
  return {
    code: 'caller-id',
    message: `"${found}" cannot be a caller id`,
    expected: 'letters, digits and + - _ . without spaces',
    found,
    help: 'write a number in E.164 form, or a name without spaces',
  }
}

/**
 * Warns where callers from a SIP domain come to the telephone network without a caller id: Twilio refuses the To and
 * From of a SIP call there, and takes only a number that you own or have verified (TwiML <Dial>, `callerId`).
 * `rules` are those that calls from a SIP domain come to.
 */
export function lintSipCallers(
  rules: readonly Rule[],
  { withoutCallerId, report }: Pick<DialContext, 'withoutCallerId' | 'report'>,
): void {
  for (const hop of rules.flatMap(({ actions }) => hopsOfList(actions))) {
    const origin = withoutCallerId.get(hop)
    const number = hop.endpoints.find((endpoint) => endpoint.number)?.number
    if (origin && number) report.add(refused(number), origin)
  }
}

function refused(number: string): Problem {
  return {
    code: 'caller-id-missing',
    message: `callers from a SIP domain cannot reach ${number}: Twilio refuses To and From of a SIP call as the caller id there`,
    expected: 'callerId with a number that you own or have verified',
    found: number,
    help: 'add callerId next to the number, or under defaults',
  }
}
