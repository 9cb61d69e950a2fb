import { WrongQuestion } from '../src/explain/scenario.js'
import { UsageError } from './io.js'

/** Asks a question that was written on the command line: what is wrong with it is wrong use. */
export function orWrongUse<T>(ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    throw error instanceof WrongQuestion ? new UsageError(...error.problems) : error
  }
}
