import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'

interface ConfirmProps {
  readonly title: string
  /** What the button says that does it. */
  readonly yes: string
  readonly onYes: () => Promise<void>
  readonly onLeave: () => void
  readonly children: ComponentChildren
}

/** Asks before something is changed; says why the server refused it. */
export function Confirm({ title, yes, onYes, onLeave, children }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  const [refusal, setRefusal] = useState('')
  useEffect(() => dialog.current?.showModal(), [])
  const submit = async (event: Event) => {
    event.preventDefault()
    try {
      await onYes()
    } catch (error) {
      setRefusal((error as Error).message)
    }
  }
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onLeave}>
      <h2 id={heading}>{title}</h2>
      <form onSubmit={submit}>
        {children}
        <p role="alert" class="bad">
          {refusal}
        </p>
        <p class="buttons">
          <button type="submit">{yes}</button>
          <button type="button" class="plain" onClick={onLeave}>
            Leave it
          </button>
        </p>
      </form>
    </dialog>
  )
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly onText: (text: string) => void
  readonly hint?: string
  readonly required?: boolean
}

/** A line of text with its label. */
export function Field({ label, name, value, onText, hint, required = false }: FieldProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        value={value}
        placeholder={hint}
        required={required}
        maxLength={500}
        autocomplete="off"
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
    </label>
  )
}
