import type { Origin } from '../errors/origin.js'
import type { Problem } from '../errors/problem.js'
import type { CompileContext } from '../model/compile-context.js'
import { CALLER_ID } from '../sip/caller-id.js'
import { hasHoles, parseTemplate, type Template } from '../template/template.js'

/** Compiles a caller id; what a template comes to is checked when the call is there. */
export function compileCallerId(text: string, origin: Origin, context: CompileContext): Template | undefined {
  const { value, problems } = parseTemplate(text, context.isTemplateName, context.templateNames)
  context.report.addAll(problems, origin)
  if (value && !hasHoles(value) && !CALLER_ID.test(text)) {
    context.report.add(cannotBeCallerId(text), origin)
  }
  return value
}

export function cannotBeCallerId(found: string): Problem {
  return {
    code: 'caller-id',
    message: `"${found}" cannot be a caller id`,
    expected: 'letters, digits and + - _ . without spaces',
    found,
    help: 'write a number in E.164 form, or a name without spaces',
  }
}
