import type { FoundRoutes } from '../../routes/admin/routes.js'
import { Text } from '../text.js'
import { outcomeOf, type Question, withOutcome, without } from './question.js'

/** What may come of an endpoint that is called, in words and as `explain` takes it. */
const OUTCOMES = [
  ['', 'answers'],
  ['ringing+timeout', 'nobody answers'],
  ['486', 'busy (486)'],
  ['603', 'declines (603)'],
  ['480', 'unavailable (480)'],
  ['404', 'not found (404)'],
  ['403', 'rejects (403)'],
  ['503', 'server error (503)'],
  ['unreachable', 'no answer at all'],
  ['canceled', 'caller hangs up'],
] as const

interface SwitchesProps {
  readonly names: readonly string[]
  readonly states: ReadonlyMap<string, FoundRoutes['endpoints'][number]>
  readonly question: Question
  readonly onChange: (part: Partial<Question>) => void
}

/** So many are shown. */
export const MOST_SWITCHES = 24

/** For each endpoint: is it up, and what comes of a call to it. */
export function Switches({ names, ...rest }: SwitchesProps) {
  if (names.length === 0) return null
  return (
    <section class="switches" aria-label="Endpoints">
      {names.slice(0, MOST_SWITCHES).map((name) => (
        <Switch key={name} name={name} {...rest} />
      ))}
      {names.length > MOST_SWITCHES && <p class="quiet">and {names.length - MOST_SWITCHES} more</p>}
    </section>
  )
}

function Switch({
  name,
  states,
  question,
  onChange,
}: Omit<SwitchesProps, 'names'> & { readonly name: string }) {
  const { up, down, drained } = question
  const now = states.get(name)?.state ?? 'up'
  const isDown = down.includes(name) || drained.includes(name) || (now !== 'up' && !up.includes(name))
  const outcome = outcomeOf(question, name)
  const set = (goesDown: boolean) =>
    onChange({
      // one that is not up now is put up, so that a question about another day can be asked
      up: !goesDown && now !== 'up' ? [...without(up, name), name] : without(up, name),
      down: goesDown ? [...without(down, name), name] : without(down, name),
      drained: without(drained, name),
      // an endpoint that is down does not answer either, if it is tried as the last one
      outcome: withOutcome(question, name, goesDown ? outcome || 'unreachable' : ''),
    })
  return (
    <fieldset class={isDown ? 'endpoint-switch down' : 'endpoint-switch'}>
      <legend>
        <Text of={name} most={40} />
        {now !== 'up' && <span class="warn"> now {now}</span>}
      </legend>
      <label>
        <input type="radio" name={`state ${name}`} checked={!isDown} onChange={() => set(false)} />
        up
      </label>
      <label>
        <input type="radio" name={`state ${name}`} checked={isDown} onChange={() => set(true)} />
        down
      </label>
      <select
        aria-label={`What comes of ${name}`}
        value={outcome}
        onChange={({ currentTarget }) =>
          onChange({ outcome: withOutcome(question, name, currentTarget.value) })
        }
      >
        {OUTCOMES.map(([word, says]) => (
          <option key={word} value={word}>
            {says}
          </option>
        ))}
        {!OUTCOMES.some(([word]) => word === outcome) && <option value={outcome}>{outcome}</option>}
      </select>
    </fieldset>
  )
}
