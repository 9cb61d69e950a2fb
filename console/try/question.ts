import { useEffect, useRef, useState } from 'preact/hooks'
import type { WrittenQuestion } from '../../src/calls/recent-call.js'
import { address, go } from '../address.js'

/** The question of the page, as its address has it: the same parameters as `GET /api/explain`. */
export interface Question {
  readonly to: string
  readonly from: string
  /** ISO 8601; empty for now. */
  readonly at: string
  readonly account: string
  /** `NAME=VALUE` */
  readonly param: readonly string[]
  /** `ENDPOINT=OUTCOME` */
  readonly outcome: readonly string[]
  readonly up: readonly string[]
  readonly down: readonly string[]
  readonly drained: readonly string[]
}

const ONE = ['to', 'from', 'at', 'account'] as const
const MANY = ['param', 'outcome', 'up', 'down', 'drained'] as const

/** The parameters of a question, without those that are empty. */
export function queryOf(question: Partial<Question>): string {
  const query = new URLSearchParams()
  for (const name of ONE) if (question[name]) query.set(name, question[name])
  for (const name of MANY) for (const value of question[name] ?? []) query.append(name, value)
  return query.toString()
}

/** A call that was, as a question. Of a parameter that came twice the last one counts. */
export function questionOf({ params, outcomes, ...asked }: WrittenQuestion): Partial<Question> {
  return {
    ...asked,
    from: asked.from || 'anonymous',
    param: Object.entries(params).map(([name, value]) => `${name}=${[value].flat().at(-1)}`),
    outcome: Object.entries(outcomes).map(([name, word]) => `${name}=${word}`),
  }
}

function readQuestion(search: string): Question {
  const query = new URLSearchParams(search)
  const ones = ONE.map((name) => [name, query.get(name) ?? ''])
  return Object.fromEntries([...ones, ...MANY.map((name) => [name, query.getAll(name)])]) as Question
}

/** The question, and how to change parts of it: the address follows, and a link puts another in its place. */
export function useQuestion(): [Question, (part: Partial<Question>) => void] {
  const { search } = address.value
  const written = useRef(search)
  const [question, setQuestion] = useState(() => readQuestion(search))
  const latest = useRef(question)
  useEffect(() => {
    const now = address.peek().search
    if (now === written.current) return
    written.current = now
    latest.current = readQuestion(now)
    setQuestion(latest.current)
  }, [search])
  return [question, change]

  /** Changes the latest question, which may be newer than what is shown. */
  function change(part: Partial<Question>): void {
    latest.current = { ...latest.current, ...part }
    const query = queryOf(latest.current)
    go(query === '' ? '/try' : `/try?${query}`, 'replace')
    written.current = address.peek().search
    setQuestion(latest.current)
  }
}

/** What comes of an endpoint; empty when nothing is said. */
export function outcomeOf({ outcome }: Question, name: string): string {
  return outcome.findLast((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
}

/** The outcomes with another one for an endpoint; an empty one is left out. */
export function withOutcome({ outcome }: Question, name: string, word: string): string[] {
  const others = outcome.filter((pair) => !pair.startsWith(`${name}=`))
  return word === '' ? others : [...others, `${name}=${word}`]
}

/** The names but for one of them. */
export function without(names: readonly string[], name: string): string[] {
  return names.filter((one) => one !== name)
}
