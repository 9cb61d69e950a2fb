/** What a config is read from: the only way in which `src` reaches files and the environment. */
export interface ConfigSource {
  /** The text of a file in UTF-8, without a byte order mark; throws when it cannot be read. */
  read(path: string, secret?: boolean): string
  /** The files that a pattern names, sorted; the pattern is absolute. Throws when a folder cannot be read. */
  glob(pattern: string): readonly string[]
  /** Environment variables. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Whether missing secrets become placeholders: for the commands that place no call. */
  readonly placeholders: boolean
  /** Told of each reference that a placeholder stands for. */
  readonly missed?: (reference: string) => void
}
