import { type Paint, plain } from '../errors/print.js'
import { visibleAll } from '../errors/visible.js'
import { indentXml } from '../xml/document.js'
import type {
  ExplainedHop,
  ExplainedNumber,
  ExplainedRule,
  ExplainedSchedule,
  ExplainedStep,
  Explanation,
} from './explanation.js'

/** An explanation for people, as a tree. */
export function printExplanation(given: Explanation, paint: Paint = plain): string {
  const explanation = visibleAll(given)
  const { call, schedules } = explanation
  const of = call.account === undefined ? '' : `, account ${call.account}`
  const text = `${paint('bold', call.to)} from ${call.from || 'anonymous'} at ${call.at}${of}`
  const branches = [
    numberBranch(explanation, paint),
    ...configBranch(explanation, paint),
    ...routeBranch(explanation, paint),
    ...schedules.map((one) => ({ text: scheduleText(one, paint) })),
    ...explanation.steps.map((step, at) => stepBranch(step, at, paint)),
    { text: `ends with ${paint('bold', explanation.end)}` },
  ]
  return `${drawTree({ text, branches })}\n`
}

function scheduleText({ schedule, says, local, timezone }: ExplainedSchedule, paint: Paint): string {
  return `schedule ${paint('bold', schedule)} is ${says}; there it is ${local} (${timezone})`
}

/** Where it is in the config, for an editor. */
function atPlace(place: string | undefined, paint: Paint): string {
  return place === undefined ? '' : `  ${paint('dim', place)}`
}

/** The same in five lines: the call, the number, the rule, the hops, the end. */
export function printShort(given: Explanation, paint: Paint = plain): string {
  const {
    call,
    number,
    route,
    routePlace,
    rule,
    rules,
    configRules = [],
    schedules,
    steps,
    end,
  } = visibleAll(given)
  const [zoned] = schedules
  const clock = zoned ? `${zoned.local} (${zoned.timezone})` : call.at
  const decided = [...configRules, ...rules].find(({ verdict }) => verdict === 'fits')
  const lines = [
    `${paint('bold', call.to)} from ${call.from || 'anonymous'} at ${clock}`,
    number.claim === ''
      ? `no route claims ${call.to}`
      : claimText(route, number.claim, paint) + atPlace(routePlace, paint),
    decided
      ? `rule ${paint('bold', rule)} fits: ${conditionsText(decided)}${atPlace(decided.place, paint)}`
      : reasonText(steps[0]!.reason, number, claimText(route, number.claim, plain)),
    steps.flatMap(({ hop }) => (hop ? [shortHop(hop, paint)] : [])).join(' → ') || 'rings nobody',
    `ends with ${paint('bold', end)}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/**
 * The reason, unless the line `above` says it already: for a route without rules, and for a number that no route
 * claims.
 */
function reasonText(reason: string, { claim, nearMisses }: ExplainedNumber, above: string): string {
  const [near] = nearMisses
  if (near) return `near: ${near.says} (route ${near.route})`
  if (reason === above) return 'no rules'
  return claim === '' ? 'no pattern is near' : reason
}

function claimText(route: string, claim: string, paint: Paint): string {
  return route === ''
    ? `the rules of the config decide for ${claim}`
    : `route ${paint('bold', route)} by ${claim}`
}

function shortHop({ name, outcome, code, targets }: ExplainedHop, paint: Paint): string {
  const places = targets.map(({ place }) => atPlace(place, paint)).join('')
  const came = outcome === 'answered' ? outcome : (code ?? outcome)
  return `${paint('bold', name)} ${came}${places}`
}

function conditionsText({ conditions }: Pick<ExplainedRule, 'conditions'>): string {
  return conditions.length === 0 ? 'no conditions' : conditions.join(' and ')
}

function numberBranch({ call, number }: Explanation, paint: Paint): TreeBranch {
  const { compared, wild } = number
  const wildly = wild === '' ? '' : `, {{wild}} is ${wild}`
  if (compared.length === 0)
    return { text: `no route claims ${call.to}`, branches: nearBranches(number, paint) }
  const branches = compared.map(({ pattern, route, says }, at) => ({
    text: `${at === 0 ? paint('bold', `wins  ${pattern}`) : `loses ${pattern}`} ${says}, route ${route}`,
  }))
  return {
    text: `number: ${compared.length === 1 ? 'one pattern fits' : `${compared.length} patterns fit`}${wildly}`,
    branches,
  }
}

function nearBranches({ nearMisses }: ExplainedNumber, paint: Paint): TreeBranch[] {
  return nearMisses.map(({ route, says }) => ({
    text: `${paint('yellow', 'near:')} ${says} (route ${route})`,
  }))
}

function configBranch({ configRules }: Explanation, paint: Paint): TreeBranch[] {
  if (!configRules) return []
  return [{ text: 'rules of the config', branches: configRules.map((rule) => ruleBranch(rule, paint)) }]
}

function routeBranch({ route, routePlace, rules }: Explanation, paint: Paint): TreeBranch[] {
  if (route === '') return []
  return [
    {
      text: `route ${paint('bold', route)}${atPlace(routePlace, paint)}`,
      branches: rules.map((rule) => ruleBranch(rule, paint)),
    },
  ]
}

function ruleBranch({ rule, verdict, conditions, failed, place }: ExplainedRule, paint: Paint): TreeBranch {
  const all = conditionsText({ conditions })
  const text = `rule ${rule} ${verdict === 'fits' ? paint('bold', verdict) : verdict}: ${all}${atPlace(place, paint)}`
  if (!failed) return { text }
  const branches = [
    { text: `${failed.condition} is not met: ${failed.saw}` },
    ...(failed.hint === undefined ? [] : [{ text: `${paint('yellow', 'near:')} ${failed.hint}` }]),
  ]
  return { text, branches }
}

function stepBranch(step: ExplainedStep, at: number, paint: Paint): TreeBranch {
  const { webhook, reason, hop, passedOver, warnings, twiml } = step
  return {
    text: `${at + 1}. ${paint('cyan', webhook)} ${reason}`,
    branches: [
      ...passedOver.map(({ hop: name, why }) => ({ text: `passed over: ${name} ${why}` })),
      ...warnings.map((warning) => ({ text: `${paint('yellow', 'warning:')} ${warning}` })),
      { text: indentXml(twiml) },
      ...(hop ? hopBranches(hop, paint) : []),
    ],
  }
}

function hopBranches(hop: ExplainedHop, paint: Paint): TreeBranch[] {
  const { name, standing, targets, next, failoverOn, noProgress, outcome, code, screen } = hop
  const then =
    next.length === 0 ? 'no hop is left after it' : `${next.join(', then ')} if ${failoverOn.join(', ')}`
  return [
    {
      text: `rings ${paint('bold', name)}${standing === 'up' ? '' : ` although it is ${standing}`}`,
      branches: targets.flatMap(({ endpoint, place }) =>
        place === undefined ? [] : [{ text: `${endpoint}${atPlace(place, paint)}` }],
      ),
    },
    ...(screen === undefined
      ? []
      : [{ text: 'the callee hears first', branches: [{ text: indentXml(screen) }] }]),
    ...(noProgress === undefined
      ? []
      : [{ text: `is cancelled if it neither rings nor answers in ${noProgress} s` }]),
    { text: `next: ${then}` },
    { text: `outcome: ${paint('bold', outcome)}${code === undefined ? '' : ` (${code})`}` },
  ]
}

/** A line and what hangs below it. A text of several lines stays together. */
interface TreeBranch {
  readonly text: string
  readonly branches?: readonly TreeBranch[]
}

/** Draws a tree; the top hangs on nothing. */
function drawTree({ text, branches = [] }: TreeBranch): string {
  return [text, ...branches.flatMap((branch, at) => limb(branch, at === branches.length - 1))].join('\n')
}

function limb(branch: TreeBranch, last: boolean): string[] {
  const [first, ...rest] = drawTree(branch).split('\n')
  return [`${last ? '└─' : '├─'} ${first}`, ...rest.map((line) => `${last ? '   ' : '│  '}${line}`)]
}
