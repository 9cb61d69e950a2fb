import './change.css'
import { useEffect, useState } from 'preact/hooks'
import type { ServerConfig } from '../../routes/admin/config.js'
import { usePolled } from '../polled.js'
import { Text } from '../text.js'
import { askChange, type ProposedConfig, type Verdict } from './ask-change.js'
import { Checked } from './checked.js'
import { count } from './count.js'
import { Differences } from './differences.js'
import { Source } from './source.js'
import { Tests } from './tests.js'

/** What is known of the files changes with a reload. */
const EVERY_MS = 10_000

/** What a config would change, before it runs. */
export function ChangePage() {
  const { value: running } = usePolled<ServerConfig>('/api/config', EVERY_MS)
  const [proposed, setProposed] = useState<ProposedConfig>({ disk: true })
  const { verdict, refusal, isAsking } = useVerdict(proposed)
  return (
    <>
      <h1>Change</h1>
      <Source files={running?.files ?? []} onAsk={setProposed} />
      {verdict && <Headline verdict={verdict} isAsking={isAsking} />}
      <p role="status" class="quiet asking">
        {isAsking ? 'The server compares…' : ''}
      </p>
      {refusal !== undefined && (
        <p role="alert" class="bad">
          {verdict && 'What changes for calls is not known: '}
          <Text of={refusal} most={1000} />
        </p>
      )}
      {verdict && (
        <div>
          <Checked check={verdict.check} />
          {verdict.diff && <Differences diff={verdict.diff} />}
          {verdict.check.ok && <Tests tests={verdict.check.tests} />}
        </div>
      )}
    </>
  )
}

interface Asked {
  /** What is known already, or of the config before. */
  readonly verdict?: Verdict | undefined
  readonly refusal?: string | undefined
  /** The config that all was said of, at the end. */
  readonly of?: ProposedConfig
}

function useVerdict(proposed: ProposedConfig) {
  const [asked, setAsked] = useState<Asked>({})
  useEffect(() => {
    const gone = new AbortController()
    const { signal } = gone
    let known: Verdict | undefined
    const tell = (verdict: Verdict) => {
      known = verdict
      setAsked({ verdict })
    }
    const end = (refusal?: string) => {
      if (!signal.aborted) setAsked({ verdict: known, refusal, of: proposed })
    }
    askChange(proposed, signal, tell).then(
      () => end(),
      (error: Error) => end(error.message),
    )
    return () => gone.abort()
  }, [proposed])
  return { ...asked, isAsking: asked.of !== proposed }
}

interface HeadlineProps {
  readonly verdict: Verdict
  readonly isAsking: boolean
}

/** The answer in a line. */
function Headline({ verdict: { check, diff }, isAsking }: HeadlineProps) {
  const failed = check.tests?.failed ?? 0
  const warned = check.warnings > 0 ? count(check.warnings, 'warning') : ''
  if (!check.ok)
    return (
      <p class="verdict bad">
        ✕ It would be refused: {[count(check.errors, 'error'), warned].filter(Boolean).join(', ')}
      </p>
    )
  const calls = diff
    ? diff.callsChange
      ? 'calls change'
      : 'no call changes'
    : isAsking
      ? ''
      : 'it can be loaded'
  const says = [failed > 0 ? `${count(failed, 'test')} failed` : '', calls, warned].filter(Boolean).join(', ')
  const [tone, sign] = failed > 0 ? ['bad', '✕'] : diff?.callsChange ? ['warn', '≠'] : ['good', '✓']
  return (
    <p class={`verdict ${says === '' ? 'quiet' : tone}`}>
      {says !== '' && `${sign} ${says.charAt(0).toUpperCase()}${says.slice(1)}`}
    </p>
  )
}
