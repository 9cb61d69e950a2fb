import { CopyButton } from './copy-button.js'
import { usePolled } from './polled.js'

interface PublicAddress {
  readonly publicUrl: string
}

/** What to do until the first good webhook comes. It is gone with it. */
export function SetUp() {
  const { value } = usePolled<PublicAddress>('/api/config', 60_000)
  if (!value) return null
  const url = `${value.publicUrl.replace(/\/$/, '')}/voice`
  return (
    <section class="banner note">
      <h2>No call has come yet</h2>
      <ol>
        <li>
          In Twilio’s console open the number, and under “A call comes in” choose Webhook, HTTP POST, with{' '}
          <code>{url}</code> <CopyButton text={url} what="Copy" />
        </li>
        <li>Call the number.</li>
        <li>This box goes away when the first webhook with a good signature is here.</li>
      </ol>
    </section>
  )
}
