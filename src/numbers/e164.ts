/**
 * Whether a text is a number in E.164 form, as Twilio writes it: `+`, a digit from 1 to 9, 1 to 14 digits
 * more.
 */
export function isE164(text: string): boolean {
  return /^\+[1-9]\d{1,14}$/.test(text)
}

/** The most digits that E.164 allows, country code included. As a JavaScript number they are still exact. */
export const MOST_DIGITS = 15
