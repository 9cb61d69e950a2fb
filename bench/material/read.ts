import { readFileSync } from 'node:fs'

/** A webhook as bytes for a socket, and the answer that it must get. */
export interface Exchange {
  readonly signature: string
  readonly idempotencyToken: string
  readonly body: string
  readonly answer: string
}

/** Reads the file that `writeMaterial` has written. */
export function readExchanges(file: string): Exchange[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => {
      const [signature, idempotencyToken, body, answer] = line.split('\t') as [string, string, string, string]
      return { signature, idempotencyToken, body, answer }
    })
}

/** The headers of a webhook, as Twilio sends them. */
export function headersOf({ signature, idempotencyToken }: Exchange): Record<string, string> {
  return {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'x-twilio-signature': signature,
    'i-twilio-idempotency-token': idempotencyToken,
    'user-agent': 'TwilioProxy/1.1',
    accept: '*/*',
  }
}
