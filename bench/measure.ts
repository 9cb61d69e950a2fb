/** One part of the page: what was measured, how, and what came of it. */
export interface Section {
  readonly title: string
  readonly method: string
  readonly tables: readonly Table[]
  readonly targets: readonly Target[]
}

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** What was aimed at, and whether it was reached. */
export interface Target {
  readonly what: string
  readonly atLeast: string
  readonly measured: string
  readonly met: boolean
}

/** Something that `npm run bench` can measure, by the name on its command line. */
export type Measure = (folder: string) => Promise<Section>
