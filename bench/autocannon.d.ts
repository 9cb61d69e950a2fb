/** What `bench/load/autocannon.ts` uses of autocannon, which brings no types. */
declare module 'autocannon' {
  interface Request {
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    onResponse(status: number, body: string): void
  }
  interface Options {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    setupClient(client: { setRequests(requests: readonly Request[]): void }): void
  }
  interface Result {
    readonly requests: { readonly total: number }
    readonly duration: number
    readonly errors: number
  }
  export default function autocannon(options: Options): Promise<Result>
}
