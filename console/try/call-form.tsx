import { useState } from 'preact/hooks'
import type { FoundRoutes } from '../../routes/admin/routes.js'
import { hrefWith } from '../address.js'
import { useLatest } from './latest.js'
import type { Question } from './question.js'

interface CallFormProps {
  readonly question: Question
  readonly onChange: (part: Partial<Question>) => void
}

const LONGEST = 500

/** Who calls whom, and with which parameters. */
export function CallForm({ question, onChange }: CallFormProps) {
  const { to, from, param, account } = question
  const { value: found } = useLatest<FoundRoutes>(
    hrefWith('/api/routes', { search: to, limit: '10' }),
    undefined,
  )
  return (
    <form class="filters call" onSubmit={(event) => event.preventDefault()}>
      <label>
        To
        <input
          name="to"
          list="numbers"
          placeholder="+4930123456"
          value={to}
          maxLength={LONGEST}
          autocomplete="off"
          onInput={({ currentTarget }) => onChange({ to: currentTarget.value.trim() })}
        />
      </label>
      <datalist id="numbers">
        {(found?.routes ?? []).flatMap(({ name, patterns }) =>
          patterns
            .filter((pattern) => !/[*]|\.\./.test(pattern))
            .slice(0, 3)
            .map((pattern) => <option key={pattern} value={pattern} label={name} />),
        )}
      </datalist>
      <label>
        From
        <input
          name="from"
          placeholder="any, or anonymous"
          value={from}
          maxLength={LONGEST}
          autocomplete="off"
          onInput={({ currentTarget }) => onChange({ from: currentTarget.value.trim() })}
        />
      </label>
      <Parameters param={param} onChange={onChange} />
      {account !== '' && (
        <label>
          Account
          <input
            name="account"
            value={account}
            maxLength={LONGEST}
            onInput={({ currentTarget }) => onChange({ account: currentTarget.value.trim() })}
          />
        </label>
      )}
    </form>
  )
}

/** Other parameters of the webhook, in one line; they are asked with when the field is left, since half a pair is a mistake. */
function Parameters({ param, onChange }: Pick<Question, 'param'> & Pick<CallFormProps, 'onChange'>) {
  const written = param.join('\n')
  const [text, setText] = useState(written)
  const [shown, setShown] = useState(written)
  if (shown !== written) {
    setShown(written)
    setText(written)
  }
  return (
    <label>
      Parameters, one a line
      <textarea
        name="param"
        rows={Math.max(1, Math.min(6, text.split('\n').length))}
        placeholder="FromCountry=US"
        value={text}
        spellcheck={false}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onChange={({ currentTarget }) =>
          onChange({ param: currentTarget.value.split('\n').filter((line) => line.trim() !== '') })
        }
      />
    </label>
  )
}
