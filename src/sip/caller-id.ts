/** "Any alphanumeric string, plus + - _ .": Twilio's page "TwiML <Sip>", caller ID. */
export const CALLER_ID = /^[A-Za-z0-9+\-_.]+$/
