import type { CheckAnswer } from '../../routes/admin/compare.js'
import { Text, visible } from '../text.js'
import { count } from './count.js'

type Finding = CheckAnswer['findings'][number]

const LONG = 500

/** What is wrong with a config, each with its line. */
export function Checked({ check }: { readonly check: CheckAnswer }) {
  const { findings, more, routes, endpoints } = check
  if (findings.length === 0)
    return (
      <p class="quiet">
        {count(routes!, 'route')} and {count(endpoints!, 'endpoint')}, without errors
      </p>
    )
  return (
    <>
      <h2>Errors and warnings</h2>
      <ol class="findings">
        {findings.map((finding, at) => (
          <FindingItem key={at} finding={finding} />
        ))}
      </ol>
      {more.map(({ level, code, count }) => (
        <p key={level + code} class="quiet">
          {level} {code}: {count} more
        </p>
      ))}
    </>
  )
}

function FindingItem({ finding }: { readonly finding: Finding }) {
  const { level, code, message, path, file, line, column, expected, found, help, see } = finding
  return (
    <li>
      <p>
        <span class={`badge ${level === 'error' ? 'bad' : 'warn'}`}>{level}</span>{' '}
        <strong>
          {path !== '' && (
            <>
              <Text of={path} most={200} />:{' '}
            </>
          )}
          <Text of={message} most={LONG} />
        </strong>
      </p>
      <Excerpt finding={finding} />
      <dl class="facts">
        {expected !== undefined && <Fact name="expected" text={expected} />}
        {found !== undefined && <Fact name="found" text={found} />}
        {help !== undefined && <Fact name="help" text={help} />}
        <dt>at</dt>
        <dd>
          <code>
            <Text of={`${file}:${line}:${column}`} most={300} />
          </code>
          {see && (
            <>
              , see also{' '}
              <code>
                <Text of={`${see.file}:${see.line}:${see.column}`} most={300} />
              </code>
            </>
          )}{' '}
          <span class="quiet">{code}</span>
        </dd>
      </dl>
    </li>
  )
}

/** The line, with what the message speaks of marked. */
function Excerpt({ finding: { excerpt, line } }: { readonly finding: Finding }) {
  if (!excerpt) return null
  const { before, marked, after } = excerpt
  return (
    <pre class="excerpt">
      <span class="quiet">{line}</span> {visible(before)}
      <mark>{visible(marked) || ' '}</mark>
      {visible(after)}
    </pre>
  )
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Text of={text} most={LONG} />
      </dd>
    </>
  )
}
