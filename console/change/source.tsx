import { useState } from 'preact/hooks'
import { Text } from '../text.js'
import type { ProposedConfig } from './ask-change.js'

/** What the server takes in a request, less what JSON adds; and what is still edited with ease. */
const [MOST_BYTES, MOST_EDITED] = [15 * 1024 ** 2, 256 * 1024]

interface SourceProps {
  /** The files of the running config; the main one is the first. */
  readonly files: readonly string[]
  readonly onAsk: (config: ProposedConfig) => void
}

/** Which config is asked about: that on the disk of the server, or a text in the place of one of its files. */
export function Source({ files, onAsk }: SourceProps) {
  const [isPasted, setPasted] = useState(false)
  const onDisk = () => {
    setPasted(false)
    onAsk({ disk: true })
  }
  return (
    <>
      <fieldset class="switch">
        <legend class="unseen">Which config</legend>
        <label>
          <input type="radio" name="source" checked={!isPasted} onChange={onDisk} />
          The file on disk
        </label>
        <label>
          <input type="radio" name="source" checked={isPasted} onChange={() => setPasted(true)} />A pasted one
        </label>
      </fieldset>
      {isPasted ? <Pasted files={files} onAsk={onAsk} /> : <OnDisk files={files} onAgain={onDisk} />}
    </>
  )
}

function OnDisk({ files, onAgain }: { readonly files: SourceProps['files']; readonly onAgain: () => void }) {
  return (
    <div class="source">
      {files[0] !== undefined && (
        <p class="quiet">
          <code>
            <Text of={files[0]} most={300} />
          </code>
          {files.length > 1 && ` and ${files.length - 1} more`}, as it is on the server’s disk, against what
          runs
        </p>
      )}
      <p class="buttons">
        <button type="button" onClick={onAgain}>
          Look again
        </button>
      </p>
    </div>
  )
}

/** A file of many lines; no browser edits that with ease, so it is not shown. */
interface LargeFile {
  readonly name: string
  readonly text: string
}

function Pasted({ files, onAsk }: SourceProps) {
  const [text, setText] = useState('')
  const [large, setLarge] = useState<LargeFile>()
  const [place, setPlace] = useState('')
  const [refusal, setRefusal] = useState('')
  const ask = (event: Event) => {
    event.preventDefault()
    const asked = large?.text ?? text
    onAsk(place === '' || place === files[0] ? { text: asked } : { files: { [place]: asked } })
  }
  const read = async ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    const [chosen] = currentTarget.files ?? []
    if (!chosen) return
    setRefusal(chosen.size > MOST_BYTES ? `${chosen.name} is too large: the server takes 15 MB` : '')
    if (chosen.size > MOST_BYTES) return
    const found = await chosen.text()
    const isLarge = chosen.size > MOST_EDITED
    setLarge(isLarge ? { name: chosen.name, text: found } : undefined)
    if (!isLarge) setText(found)
  }
  return (
    <form class="source" onSubmit={ask}>
      {large ? (
        <p>
          <Text of={large.name} /> is compared, {(large.text.length / 1024 ** 2).toFixed(1)} MB.{' '}
          <button type="button" class="small" onClick={() => setLarge(undefined)}>
            Write a text instead
          </button>
        </p>
      ) : (
        <label>
          YAML
          <textarea
            name="text"
            rows={12}
            spellcheck={false}
            required
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
      )}
      <div class="filters">
        <label>
          or a file from here
          <input type="file" name="file" accept=".yaml,.yml" onChange={read} />
        </label>
        {files.length > 1 && (
          <label>
            in the place of
            <select
              name="place"
              value={place || files[0]}
              onChange={({ currentTarget }) => setPlace(currentTarget.value)}
            >
              {files.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {refusal !== '' && (
        <p role="alert" class="bad">
          <Text of={refusal} most={300} />
        </p>
      )}
      <p class="buttons">
        <button type="submit">Compare</button>
      </p>
    </form>
  )
}
