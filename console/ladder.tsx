import type { LoggedCall } from '../routes/admin/logged-call.js'
import { toneOf } from './call-path.js'
import { CopyButton } from './copy-button.js'
import { Text, visible } from './text.js'
import { duration } from './times.js'

const LANES = ['Caller', 'Twilio', 'dialsip', 'Endpoint'] as const
type Lane = (typeof LANES)[number]

/** A message of a call, from one lane to another. */
interface LadderStep {
  readonly at: number
  readonly from: Lane
  readonly to: Lane
  readonly says: string
  readonly tone: string
  /** What is shown on click, each under its name. */
  readonly more?: Readonly<Record<string, string | undefined>>
  /** How long the caller had waited for an answer before it, in seconds. */
  readonly silence?: number
}

/** So many are shown at most: the first, which say why. */
const MOST = 200
const SILENCE_S = 5

/** A call as a ladder: who said what to whom, and when. */
export function Ladder({ call }: { readonly call: LoggedCall }) {
  const since = Date.parse(call.at)
  const steps = stepsOf(call)
  return (
    <div class="ladder">
      <div class="lanes" aria-hidden="true">
        {LANES.map((lane) => (
          <span key={lane}>{lane}</span>
        ))}
      </div>
      <ol>
        {steps.slice(0, MOST).map((step, at) => (
          <li key={at}>
            {step.silence !== undefined && <p class="silence">{duration(step.silence)} without an answer</p>}
            <span class="after">+{((step.at - since) / 1000).toFixed(1)} s</span>
            <div class="message">
              <Says step={step} />
              <Arrow step={step} />
            </div>
          </li>
        ))}
      </ol>
      {steps.length > MOST && <p class="quiet">and {steps.length - MOST} more</p>}
    </div>
  )
}

function Says({ step: { from, to, says, tone, more } }: { readonly step: LadderStep }) {
  const text = (
    <>
      <span class="unseen">
        {from} to {to}:{' '}
      </span>
      <span class={tone}>
        <Text of={says} most={160} />
      </span>
    </>
  )
  const side = sideOf(from, to)
  if (more === undefined) return <p class={side}>{text}</p>
  return (
    <details>
      <summary class={side}>{text}</summary>
      {Object.entries(more).map(([name, text]) => text && <More key={name} name={name} text={text} />)}
    </details>
  )
}

/** The text of a message is over its arrow. */
function sideOf(from: Lane, to: Lane): string {
  if (from === 'Caller') return 'left'
  return from === to || from === 'Endpoint' || to === 'Endpoint' ? 'right' : ''
}

function More({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <figure class="more">
      <figcaption>
        {name} <CopyButton text={text} what="Copy" />
      </figcaption>
      {/* what is wider than the window scrolls, and without a focus the arrow keys could not do that */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre tabIndex={0}>{visible(text)}</pre>
    </figure>
  )
}

function logged(log: LoggedCall['log']) {
  return { 'Log line': log?.text, 'Log line as JSON': log && JSON.stringify(log.json) }
}

function Arrow({ step: { from, to, tone } }: { readonly step: LadderStep }) {
  const x = (lane: Lane) => 12.5 + 25 * LANES.indexOf(lane)
  const head = x(to) > x(from) ? 'M-7-4 0 0-7 4' : 'M7-4 0 0 7 4'
  return (
    <svg class={`arrow ${tone}`} width="100%" height="14" aria-hidden="true">
      <line x1={`${x(from)}%`} x2={`${x(to)}%`} y1="7" y2="7" />
      <svg x={`${x(to)}%`} y="7" overflow="visible" aria-hidden="true">
        {to === from ? <circle r="3" /> : <path d={head} />}
      </svg>
    </svg>
  )
}

/** The messages in the order of their times. */
function stepsOf({ webhooks, hops, at, seconds, outcome, log }: LoggedCall): LadderStep[] {
  const begin: LadderStep = { at: Date.parse(at), from: 'Caller', to: 'Twilio', says: 'calls', tone: 'plain' }
  const said = webhooks.flatMap(function both(webhook): LadderStep[] {
    const time = Date.parse(webhook.at)
    const { path, params, decision, twiml, status } = webhook
    const asks: LadderStep = {
      at: time,
      from: 'Twilio',
      to: 'dialsip',
      says: [path, eventOf(params)].filter(Boolean).join(' '),
      tone: 'plain',
      more: { Parameters: linesOf(params) },
    }
    if (!decision && twiml === undefined) return [asks]
    const verbs = decision?.verbs.join(', ') || 'Response'
    const answers: LadderStep = {
      at: time,
      from: 'dialsip',
      to: 'Twilio',
      says: `${status} ${verbs}${decision ? ` (${decision.reason})` : ''}`,
      tone: 'plain',
      more: { TwiML: twiml?.replaceAll('><', '>\n<'), ...logged(webhook.log) },
    }
    return [asks, answers]
  })
  const rung = hops.flatMap(function ring({ hop, at: began, outcome, code, seconds }): LadderStep[] {
    // it is noted some milliseconds before the answer that rings it
    const answer = webhooks.findLast(({ decision, at }) => decision?.hop === hop && near(at, began))
    const time = Math.max(Date.parse(began), Date.parse(answer?.at ?? began))
    const invite: LadderStep = {
      at: time,
      from: 'Twilio',
      to: 'Endpoint',
      says: `INVITE ${hop}`,
      tone: 'plain',
    }
    if (outcome === undefined || seconds === undefined) return [invite]
    const silent = outcome !== 'answered' && seconds >= SILENCE_S
    const end: LadderStep = {
      at: Math.max(time, Date.parse(began) + seconds * 1000),
      from: 'Endpoint',
      to: 'Twilio',
      says: `${code ?? ''} ${outcome} (${hop})`.trim(),
      tone: toneOf(outcome),
      ...(silent && { silence: seconds }),
    }
    return [invite, end]
  })
  // a hop ends before Twilio tells of it, though both have the same time; sorting keeps the order of equals
  const ends = rung.filter(({ from }) => from === 'Endpoint')
  const invites = rung.filter(({ from }) => from !== 'Endpoint')
  const steps = [begin, ...ends, ...said, ...invites].sort((a, b) => a.at - b.at)
  if (seconds === undefined) return steps
  const end: LadderStep = {
    at: Date.parse(at) + seconds * 1000,
    from: 'dialsip',
    to: 'dialsip',
    says: `ended as ${outcome}`,
    tone: toneOf(outcome),
    more: logged(log),
  }
  return [...steps, end]
}

function linesOf(params: LoggedCall['webhooks'][number]['params']): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}: ${[value].flat().join(', ')}`)
    .join('\n')
}

const SOON_MS = 1000

function near(one: string, other: string): boolean {
  return Math.abs(Date.parse(one) - Date.parse(other)) < SOON_MS
}

function eventOf(params: LoggedCall['webhooks'][number]['params']): string {
  const { DialCallStatus, DialSipResponseCode, CallStatus, ParentCallSid } = params
  if (DialCallStatus !== undefined) return [DialCallStatus, DialSipResponseCode].filter(Boolean).join(' ')
  return `${ParentCallSid === undefined ? '' : 'leg '}${CallStatus ?? ''}`
}
