import { countPlan, type NumberPlan } from './number-plan.js'

/** The plan for machines: every number, those in order included. */
export function planJson(plan: NumberPlan): object {
  return {
    counts: countPlan(plan),
    numbers: plan.numbers.map(({ account, number, route, changes, overruledBy }) => ({
      account: account.sid,
      sid: number.sid,
      phoneNumber: number.phoneNumber,
      friendlyName: number.friendlyName,
      route: route || null,
      overruledBy: overruledBy || null,
      changes,
    })),
    missing: plan.missing,
  }
}
