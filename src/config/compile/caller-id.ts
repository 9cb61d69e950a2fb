import type { Problem } from '../../fault/problem.js'
import { CALLER_ID } from '../../sip/caller-id.js'
import { parseTemplate } from '../../template/parse.js'
import { hasHoles, type Template } from '../../template/template.js'
import type { Origin } from '../source.js'
import type { Context } from './context.js'

/** Compiles a caller id; what a template comes to is checked when the call is there. */
export function compileCallerId(text: string, origin: Origin, context: Context): Template | undefined {
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
    cure: 'write a number in E.164 form, or a name without spaces',
  }
}
