import { useState } from 'preact/hooks'

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [said, setSaid] = useState('')
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('copied')
    } catch {
      setSaid('the browser does not allow it')
    }
  }
  return (
    <>
      <button type="button" class="small" onClick={copy}>
        {what}
      </button>{' '}
      <span role="status" class="quiet">
        {said}
      </span>
    </>
  )
}
