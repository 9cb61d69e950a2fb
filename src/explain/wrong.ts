/** Why what was asked cannot be explained: one line, in the asker's words. */
export class WrongQuestion extends Error {}
