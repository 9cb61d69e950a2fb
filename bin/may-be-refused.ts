import { RefusedError } from './admin-client.js'
import { type Command, complain } from './io.js'

/** A command whose answer may be no: what the server refuses goes to stderr, with exit 1. */
export function mayBeRefused(run: Command['run']): Command['run'] {
  return async function runOrRefuse(args, io) {
    try {
      return await run(args, io)
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      complain(io, error.message)
      return 1
    }
  }
}
