import { useState } from 'preact/hooks'
import { access, useToken } from './api.js'

/** Asks for the token of the admin listener. */
export function TokenPage() {
  const [text, setText] = useState('')
  document.title = 'Token · dialsip'
  return (
    <main class="token">
      <h1>dialsip</h1>
      <p>
        This server wants a token: one of <code>admin.tokens</code> in its config. It is kept until this tab
        is closed.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim() !== '') useToken(text.trim())
        }}
      >
        <label>
          Token
          <input
            type="password"
            name="token"
            autocomplete="off"
            required
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Open the console</button>
      </form>
      <p role="alert" class="bad">
        {access.value === 'refused' ? 'The server does not take this token.' : ''}
      </p>
    </main>
  )
}
