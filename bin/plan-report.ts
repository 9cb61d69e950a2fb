import type { AccountPlan, PlannedResource } from '../src/account/account-plan.js'
import type { Paint } from '../src/errors/print.js'
import { visibleAll } from '../src/errors/visible.js'
import type { VoiceResource } from '../src/rest/voice-resources.js'

/** How many are in which state. */
interface PlanCounts {
  readonly inOrder: number
  readonly toChange: number
  /** Claimed, and its calls go past dialsip all the same. */
  readonly overruled: number
  readonly unclaimed: number
  readonly missing: number
}

/** Counts what the accounts have by what is to be done about it. */
export function countPlan({ planned, missing }: AccountPlan): PlanCounts {
  const claimed = planned.filter(({ claim }) => claim !== '')
  const overruled = claimed.filter(({ overruledBy }) => overruledBy !== '').length
  const toChange = claimed.filter(({ changes }) => changes.length > 0).length
  return {
    inOrder: claimed.length - overruled - toChange,
    toChange,
    overruled,
    unclaimed: planned.length - claimed.length,
    missing: missing.length,
  }
}

/** Whether a call to something claimed may not reach dialsip as it should. */
export function hasDrift({ toChange, overruled, missing }: PlanCounts): boolean {
  return toChange + overruled + missing > 0
}

/** The plan for people, as Terraform shows one: what is in order is counted, the rest is listed. */
export function planText(given: AccountPlan, paint: Paint): string {
  const plan = visibleAll(given)
  const listed = [
    ...plan.planned.flatMap((planned) => plannedLines(planned, paint)),
    ...plan.missing.map(
      (one) => `${paint('red', '-')} ${titleOf(one)}  claimed by route ${one.route}, in none of the accounts`,
    ),
  ]
  return [...listed, ...(listed.length > 0 ? [''] : []), summary(plan)].join('\n')
}

/** A number is known as one. */
export function titleOf({ kind, name }: Pick<VoiceResource, 'kind' | 'name'>): string {
  return kind === 'number' ? name : `${kind} ${name}`
}

function plannedLines(planned: PlannedResource, paint: Paint): string[] {
  const { account, resource, claim, changes, overruledBy, says } = planned
  const head = `${titleOf(resource)}  ${resource.friendlyName}  account ${account.name}`
  if (claim === '') return [`${paint('dim', '?')} ${head}  ${says}`]
  if (overruledBy !== '')
    return [
      `${paint('red', '!')} ${head}  ${claim}`,
      `    ${overruledBy} takes its calls, so a voice URL ${says}`,
    ]
  if (changes.length === 0) return []
  const width = Math.max(...changes.map(({ name }) => name.length))
  return [
    `${paint('yellow', '~')} ${head}  ${claim}`,
    ...changes.map(({ name, is, shouldBe }) => `    ${name.padEnd(width)}  ${is || '(none)'} → ${shouldBe}`),
  ]
}

function summary(plan: AccountPlan): string {
  const { inOrder, toChange, overruled, unclaimed, missing } = countPlan(plan)
  return `${inOrder} in order, ${toChange} to change, ${overruled} past dialsip, ${unclaimed} not claimed, ${missing} missing`
}

/** The plan for machines: everything, what is in order included. */
export function planJson(plan: AccountPlan): object {
  return {
    counts: countPlan(plan),
    resources: plan.planned.map(({ account, resource, claim, changes, overruledBy }) => ({
      account: account.sid,
      kind: resource.kind,
      sid: resource.sid,
      name: resource.name,
      friendlyName: resource.friendlyName,
      claim: claim || null,
      overruledBy: overruledBy || null,
      changes: changes.map(({ name, is, shouldBe }) => ({ name, is, shouldBe })),
    })),
    missing: plan.missing,
  }
}
