import type { ServerStatus } from '../routes/admin/status.js'
import { Text } from './text.js'
import { duration, Time } from './times.js'

/** Which replica it is that says what is on a page, and by which config. */
export function Speaker({ status }: { readonly status: ServerStatus }) {
  const { replica, startedAt, now, file, revision, since } = status
  return (
    <p class="quiet speaker">
      Replica <Text of={replica} />, up for {duration((Date.parse(now) - Date.parse(startedAt)) / 1000)} ·
      config <Text of={file} most={120} /> <code>{revision}</code> since <Time at={since} />
    </p>
  )
}
