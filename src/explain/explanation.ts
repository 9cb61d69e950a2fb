import { z } from 'zod'
import { OUTCOME_CLASSES } from '../call/outcome.js'
import { STANDINGS } from '../model/state.js'

const texts = z.array(z.string()).readonly()

/** Missing where a file is over a megabyte. */
const place = z.string().optional()

const claim = z.object({
  pattern: z.string(),
  route: z.string(),
  kind: z.enum(['exact', 'range', 'prefix', 'sip', 'sip-prefix']),
  says: z.string().describe('The kind in words'),
})

/** Which patterns a called number fits. */
export const calledNumberSchema = z.object({
  kind: z.enum(['number', 'sip', 'client', 'anonymous', 'other']).describe('What the number is taken for'),
  claim: z.string().describe('The pattern that wins; empty when none fits'),
  wild: z.string().describe('What the `*` of the pattern matched'),
  compared: z.array(claim).readonly().describe('Every pattern that fits, the strongest first'),
  nearMisses: z
    .array(z.object({ pattern: z.string(), route: z.string(), says: z.string() }))
    .readonly()
    .describe('What comes near, when none fits'),
})

const rule = z
  .object({
    rule: z.string().describe('Name or place from 1'),
    verdict: z.enum(['fits', 'skipped', 'not reached']),
    conditions: texts.describe('As the config says them'),
    place: place.describe('Where it is, `FILE:LINE`'),
    failed: z
      .object({ condition: z.string(), saw: z.string(), hint: z.string().optional() })
      .optional()
      .describe('The condition that is not met, the value it was compared with, and how near the call came'),
  })
  .meta({ id: 'ExplainedRule' })

const schedule = z.object({
  schedule: z.string(),
  open: z.boolean(),
  says: z.string(),
  local: z.string().describe('The time of the call by the clock of the schedule, ISO 8601'),
  timezone: z.string(),
})

const target = z
  .object({
    endpoint: z.string(),
    uri: z.string().describe('Without headers; a phone number for `<Number>`'),
    region: z
      .string()
      .describe('The region or edge from which the call leaves; empty for Twilio’s own choice'),
    headers: z.record(z.string(), z.string()).readonly(),
    place: place.describe('Where the endpoint is, `FILE:LINE`; missing for a bare URI'),
  })
  .meta({ id: 'ExplainedTarget' })

const hop = z
  .object({
    name: z.string(),
    dial: z.string().describe('Identifies the dial in the config: `berlin/2`, `@voicemail`'),
    standing: z.enum(STANDINGS),
    targets: z.array(target).readonly(),
    next: texts.describe('The hops that would follow'),
    failoverOn: texts.describe('What makes the next one ring'),
    noProgress: z
      .int()
      .optional()
      .describe('Seconds after which a silent SIP leg is cancelled, where it is set'),
    outcome: z.enum(OUTCOME_CLASSES).describe('What is thought to come of it'),
    code: z.int().optional(),
    screen: z.string().optional().describe('The document that the callee hears first'),
  })
  .meta({ id: 'ExplainedHop' })

const step = z
  .object({
    webhook: z.string().describe('The URL that Twilio requests: `/voice`, `/dialed` or `/recorded`'),
    reason: z.string(),
    verbs: texts.describe('Of the answer'),
    hop: hop.optional().describe('The `<Dial>` of the answer, if it has one'),
    passedOver: z.array(z.object({ hop: z.string(), why: z.string() })).readonly(),
    warnings: texts,
    twiml: z.string().describe('The answer, as Twilio gets it but for secrets, which are `***`'),
  })
  .meta({ id: 'ExplainedStep' })

/**
 * Why a call goes where it goes, step by step: plain data without secrets. This is what `dialsip explain --json` and
 * `GET /api/explain` give (docs/explain.md); fields are added to it, none is renamed or taken away.
 */
export const explanationSchema = z
  .object({
    revision: z.string().describe('Of the config'),
    call: z.object({
      to: z.string(),
      from: z.string(),
      callSid: z.string(),
      account: z.string().optional().describe('Its name; there when the config has several'),
      at: z.iso.datetime(),
    }),
    number: calledNumberSchema,
    configRules: z
      .array(rule)
      .readonly()
      .optional()
      .describe('The rules of the config, which are asked before the route; missing when it has none'),
    route: z.string().describe('Empty when no route claims the number, and when a rule of the config fits'),
    rule: z.string().describe('Name or place from 1; empty for a route without rules, and when none fits'),
    routePlace: place.describe('Where the route is, `FILE:LINE`'),
    reason: z.string(),
    rules: z
      .array(rule)
      .readonly()
      .describe('Those of the route, in their order; empty for one without rules'),
    schedules: z.array(schedule).readonly().describe('Those that were asked'),
    steps: z.array(step).readonly().describe('Each webhook of the call with its answer'),
    dials: texts.describe('The hops that ring, in order'),
    end: z.string().describe('How it ends: `answered`, `canceled`, or the last verb of the last document'),
  })
  .meta({ id: 'Explanation' })

export type Explanation = Readonly<z.output<typeof explanationSchema>>
export type ExplainedNumber = Readonly<z.output<typeof calledNumberSchema>>
/** A claim that the called number fits. */
export type ExplainedClaim = Readonly<z.output<typeof claim>>
export type ExplainedRule = Readonly<z.output<typeof rule>>
export type ExplainedSchedule = Readonly<z.output<typeof schedule>>
/** One webhook and its answer. */
export type ExplainedStep = Readonly<z.output<typeof step>>
export type ExplainedHop = Readonly<z.output<typeof hop>>
export type ExplainedTarget = Readonly<z.output<typeof target>>
