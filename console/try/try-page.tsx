import { useEffect, useState } from 'preact/hooks'
import type { Calendar } from '../../routes/admin/calendar.js'
import type { ExplainedCall } from '../../routes/admin/explain.js'
import type { FoundRoutes } from '../../routes/admin/routes.js'
import { hrefWith, parameterOf } from '../address.js'
import { clock } from '../clock.js'
import type { Graph } from '../picture/graph.js'
import type { Lights } from '../picture/lights.js'
import { Picture, type PicturedEndpoint, useGraph } from '../picture/picture.js'
import { useFollowed } from '../polled.js'
import { Answer, Steps, Why } from './answer.js'
import { CallForm } from './call-form.js'
import { firstQuestion } from './first-question.js'
import { useLatest } from './latest.js'
import { lightsOf } from './lights-of-call.js'
import { type Question, queryOf, useQuestion } from './question.js'
import { MOST_SWITCHES, Switches } from './switches.js'
import { TimeSlider } from './time-slider.js'
import { wallTime } from './zoned.js'
import './try.css'

/** What would become of a call, at any time and with any state of its endpoints. The answer follows each change. */
export function TryPage() {
  const [question, change] = useQuestion()
  const { to } = question
  useEffect(() => {
    if (to === '') void firstQuestion().then((first) => first && parameterOf('to') === '' && change(first))
  }, [])
  return (
    <>
      <h1>Try a call</h1>
      <CallForm question={question} onChange={change} />
      {to === '' ? (
        <p class="quiet">Which number is called?</p>
      ) : (
        <Tried question={question} onChange={change} />
      )}
    </>
  )
}

interface TriedProps {
  readonly question: Question
  readonly onChange: (part: Partial<Question>) => void
}

function Tried({ question, onChange }: TriedProps) {
  const { to } = question
  const { value: found } = useFollowed<FoundRoutes>(hrefWith('/api/routes', { to }), ({ kind }) =>
    /^(config|endpoint|overrides)$/.test(kind),
  )
  const { value: explained, refusal } = useLatest<ExplainedCall>(`/api/explain?${queryOf(question)}`, found)
  const graph = useGraph(found, { to, rule: explained?.rule ?? '' })
  const states = new Map((found?.endpoints ?? []).map((one) => [one.name, one]))
  // by the clock of the server, if it is now
  const at = question.at === '' ? (explained?.call.at ?? clock.value) : question.at
  const lights = graph && explained && lightsOf(explained, graph)
  return (
    <>
      <Time question={question} onChange={onChange} at={new Date(at).getTime()} />
      {graph && (
        <Switches
          names={namesIn(graph, lights, question)}
          states={states}
          question={question}
          onChange={onChange}
        />
      )}
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {refusal}
        </p>
      )}
      {graph && lights && (
        <>
          <Answer explained={explained} graph={graph} lights={lights} />
          <Picture
            title={`The way of a call to ${to}`}
            graph={graph}
            lights={lights}
            endpoints={statesIn(question, states)}
          />
          <div class="reading">
            <Why explained={explained} />
            <Steps explained={explained} />
          </div>
        </>
      )}
    </>
  )
}

/** The endpoints as the question has them. */
function statesIn({ up, down, drained }: Question, now: ReadonlyMap<string, PicturedEndpoint>) {
  const state = (name: string, state: string) => [name, { name, calls: 0, ...now.get(name), state }] as const
  return new Map<string, PicturedEndpoint>([
    ...now,
    ...up.map((name) => state(name, 'up')),
    ...drained.map((name) => state(name, 'drained')),
    ...down.map((name) => state(name, 'down')),
  ])
}

/** What the question names, and what may ring: of very many those first that do in this call. */
function namesIn(
  { nodes }: Graph,
  lights: Lights | undefined,
  { outcome, down, drained }: Question,
): string[] {
  const asked = [...outcome.map((pair) => pair.slice(0, pair.lastIndexOf('='))), ...down, ...drained]
  const rung = (some: Graph['nodes']) =>
    some.flatMap(({ rungs = [] }) => rungs.flatMap(({ endpoints }) => endpoints))
  const all = [...new Set([...rung(nodes), ...asked])]
  if (all.length <= MOST_SWITCHES) return all
  return [...new Set([...asked, ...rung(nodes.filter(({ id }) => lights?.nodes.has(id))), ...all])]
}

/** The week of the call, by the clock of the schedules that are asked; which that is, an answer says. */
function Time({
  question: { to, from, account, at: asked },
  at,
  onChange,
}: TriedProps & { readonly at: number }) {
  const [zone, setZone] = useState('UTC')
  const week = wallTime(at, zone).slice(0, 10)
  const { value: calendar } = useLatest<Calendar>(
    hrefWith('/api/calendar', { to, from, account, week: mondayOf(week) }),
    undefined,
  )
  if (!calendar) return null
  if (calendar.timezone !== zone) setZone(calendar.timezone)
  return (
    <TimeSlider
      calendar={calendar}
      at={at}
      isNow={asked === ''}
      onMove={(then) => onChange({ at: isoOf(then) })}
    />
  )
}

/** The days of a week have one question. */
function mondayOf(day: string): string {
  const at = new Date(day)
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return at.toISOString().slice(0, 10)
}

function isoOf(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().replace('.000', '')
}
