/** How an endpoint stands: `ejected` by failures, `drained` by hand, `full` by its `maxCalls`. */
export type Standing = 'up' | 'ejected' | 'drained' | 'full'

/** What `decide` knows of the world besides the config, the call and the time. */
export interface State {
  standing(endpoint: string): Standing
}

/** A world in which every endpoint is up. */
export const ALL_UP: State = { standing: () => 'up' }
