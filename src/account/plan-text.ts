import type { Paint } from '../errors/print.js'
import { visibleAll } from '../errors/visible.js'
import { countPlan, type NumberPlan, type PlannedNumber } from './number-plan.js'

/** The plan for people, as Terraform shows one: what is in order is counted, the rest is listed. */
export function planText(given: NumberPlan, paint: Paint): string {
  const plan = visibleAll(given)
  const listed = [
    ...plan.numbers.flatMap((planned) => numberLines(planned, paint)),
    ...plan.missing.map(
      ({ number, route }) =>
        `${paint('red', '-')} ${number}  claimed by route ${route}, in none of the accounts`,
    ),
  ]
  return [...listed, ...(listed.length > 0 ? [''] : []), summary(plan)].join('\n')
}

function numberLines(
  { account, number, route, changes, overruledBy }: PlannedNumber,
  paint: Paint,
): string[] {
  const head = `${number.phoneNumber}  ${number.friendlyName}  account ${account.name}`
  if (route === '') return [`${paint('dim', '?')} ${head}  claimed by no route`]
  if (overruledBy !== '')
    return [
      `${paint('red', '!')} ${head}  route ${route}`,
      `    ${overruledBy} takes its calls, so a voice URL has no effect; remove it in the Console`,
    ]
  if (changes.length === 0) return []
  const width = Math.max(...changes.map(({ name }) => name.length))
  return [
    `${paint('yellow', '~')} ${head}  route ${route}`,
    ...changes.map(({ name, is, shouldBe }) => `    ${name.padEnd(width)}  ${is || '(none)'} → ${shouldBe}`),
  ]
}

function summary(plan: NumberPlan): string {
  const { inOrder, toChange, overruled, unclaimed, missing } = countPlan(plan)
  return `${inOrder} in order, ${toChange} to change, ${overruled} past dialsip, ${unclaimed} claimed by no route, ${missing} missing`
}
