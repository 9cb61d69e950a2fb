import type { Template } from './template.js'

/**
 * The text for one call: literals as they are, each hole's value escaped for the place where it stands.
 * `values` gives the empty string for what the call does not have.
 */
export function fillTemplate(
  template: Template,
  values: (name: string) => string,
  escapeValue: (value: string) => string,
): string {
  let text = ''
  for (const part of template) text += typeof part === 'string' ? part : escapeValue(values(part.name))
  return text
}
