/** An error stops `serve`; a warning is printed and the config still loads. */
export type Level = 'error' | 'warning'

interface CodeEntry {
  readonly level: Level
  /** One sentence for `docs/errors.md`: when this code is given. */
  readonly when: string
  /** One sentence for `docs/errors.md`: what to do about it. */
  readonly help: string
}

function error(when: string, help: string): CodeEntry {
  return { level: 'error', when, help }
}

function warning(when: string, help: string): CodeEntry {
  return { level: 'warning', when, help }
}

/** Every code that `check` can print. `docs/errors.md` is made from this table. */
export const ERROR_CODES = {
  // reading the file
  'file-unreadable': error(
    'A config, CSV, list or calendar file cannot be read.',
    'Fix the path or the permissions.',
  ),
  'yaml-syntax': error('The file is not YAML 1.2.', 'Fix the line that the caret points at.'),
  'yaml-tab': error('A tab is used for indentation.', 'Indent with spaces.'),
  'yaml-duplicate-key': error('A key appears twice in one map.', 'Remove or rename one of the two.'),
  'yaml-alias-limit': error(
    'Anchors and aliases expand to more than the file could hold.',
    'Write the values out, or use fewer aliases.',
  ),
  'yaml-not-a-map': error(
    'The file is not a map at the top.',
    'Start the file with keys such as `publicUrl:`.',
  ),
  'include-empty': error(
    'A file or pattern under `include` matches nothing.',
    'Fix the path; it is relative to the file that names it.',
  ),
  'include-cycle': error('Files include each other in a circle.', 'Remove one of the includes.'),
  'include-key': error(
    'An included file holds a key that only the main file may hold.',
    'Move the key to the main file.',
  ),
  'load-limit': error(
    'A config comes to more than can be loaded within seconds: too many errors, files, hops, or things within each other.',
    'Take out what repeats, or cut it into smaller pieces.',
  ),
  // shape
  'unknown-key': error('A key is not part of the config language.', 'Fix the spelling, or remove the key.'),
  'missing-key': error('A needed key is missing.', 'Add the key.'),
  'wrong-type': error(
    'A value is of another kind than expected, such as a list for a text.',
    'Write the kind that is expected.',
  ),
  'wrong-value': error('A value is not one of those allowed.', 'Write one of the allowed values.'),
  'out-of-range': error('A number is outside of its limits.', 'Write a number within the limits.'),
  'conflicting-keys': error('Two keys contradict each other.', 'Keep one of the two.'),
  // secrets
  'env-missing': error(
    '`${NAME}` names an environment variable that is not set.',
    'Set it, or give a default: `${NAME:-value}`.',
  ),
  'secret-file': error('`${file:…}` names a file that cannot be read.', 'Mount the file, or fix the path.'),
  'secret-syntax': error(
    '`${…}` is not closed or names nothing.',
    'Write `${NAME}`, `${NAME:-default}` or `${file:/path}`.',
  ),
  'literal-secret': warning(
    'A secret is written into the file in clear.',
    'Take it from the environment or a file: `${NAME}`, `${file:/run/secrets/x}`.',
  ),
  'short-secret': warning(
    'A secret has fewer than 6 characters, so it is not masked where it is part of another word.',
    'Change it to a longer one.',
  ),
  // the server's own settings
  'public-url': error(
    '`publicUrl` is not an http(s) URL that Twilio can call.',
    'Write the URL without query and fragment, such as `https://voice.example.com`.',
  ),
  'public-url-path': warning(
    '`publicUrl` ends in `/voice` or another path that dialsip adds by itself, so calls get 404.',
    'Remove it here; the URL of the number at Twilio keeps it.',
  ),
  'listen-address': error(
    '`listen` is not `host:port`.',
    'Write `0.0.0.0:8080`, `127.0.0.1:9090` or `[::]:8080`.',
  ),
  'account-sid': error(
    'An account SID is not `AC` and 32 hexadecimal digits.',
    'Copy the SID from the Twilio Console.',
  ),
  'admin-open': error(
    'The admin listener is reachable from outside and has no token.',
    'Add `admin.tokens`, or listen on 127.0.0.1.',
  ),
  'admin-token': error(
    'A token of the admin listener has fewer than 16 characters and can be guessed.',
    'Make one with `openssl rand -hex 32`.',
  ),
  'accounts-shared': warning(
    'There are several accounts, and a route does not say whose calls it takes: any of them reaches it.',
    'Add `account` to the route or to `defaults`; list all of them where they may share it.',
  ),
  'insecure-listen': error(
    '`insecureSkipSignature` is set and `listen` is not loopback.',
    'Listen on 127.0.0.1, or remove `insecureSkipSignature`.',
  ),
  'insecure-signature': warning(
    '`insecureSkipSignature` is set: anyone who reaches the port is taken for Twilio.',
    'Remove it after your experiments.',
  ),
  // names
  'name-syntax': error(
    'A name holds characters that names may not hold.',
    'Use letters, digits, `_`, `.` and `-`; begin with a letter or digit.',
  ),
  'duplicate-name': error('Two things of one kind have the same name.', 'Rename one of them.'),
  'unknown-endpoint': error('No endpoint or group has this name.', 'Fix the name, or add the endpoint.'),
  'unknown-action': error('No action has this name.', 'Fix the name, or add it under `actions`.'),
  'unknown-schedule': error('No schedule has this name.', 'Fix the name, or add it under `schedules`.'),
  'unknown-list': error('No list has this name.', 'Fix the name, or add it under `lists`.'),
  'unknown-route': error('No route has this name.', 'Fix the name, or add the route.'),
  'unknown-rule': error(
    'A test expects a rule that neither its route nor the config has.',
    'Write its name, or its place from 1.',
  ),
  'unknown-account': error('No account has this name or SID.', 'Fix the name, or add it under `accounts`.'),
  'reference-cycle': error(
    'Groups, actions or schedules refer to each other in a circle.',
    'Break the circle at one of its members.',
  ),
  'unused-endpoint': warning('No route leads to this endpoint.', 'Remove it, or use it.'),
  'unused-action': warning('Nothing runs this action.', 'Remove it, or use it.'),
  'unused-schedule': warning('No rule asks this schedule.', 'Remove it, or use it.'),
  'unused-list': warning('No rule asks this list.', 'Remove it, or use it.'),
  // numbers
  'number-format': error(
    'A number is not in E.164 form.',
    'Write it with plus sign and country code, without spaces: `"+4930123456"`.',
  ),
  'number-range': error(
    'A range is not two E.164 numbers of the same length in ascending order.',
    'Write `+4930770100..+4930770199`.',
  ),
  'address-pattern': error(
    'A pattern is neither a number, a prefix, a range nor a SIP address.',
    'Write `"+4930123456"`, `"+4930*"`, `"+49301..+49309"` or `sip:*@acme.sip.twilio.com`.',
  ),
  'duplicate-claim': error(
    'Two routes claim the same number, prefix, range or SIP address.',
    'Remove one of the two claims.',
  ),
  'route-unreachable': warning(
    'Every number of a route is claimed more precisely by others.',
    'Remove the route, or its claims that never count.',
  ),
  'range-overlap': warning(
    'Two ranges of the same size overlap; the one that begins lower wins.',
    'Make one of them smaller.',
  ),
  'no-routes': warning(
    'No file of the config has `routes`. A running server that has some refuses it: a file may have been cut short.',
    'Add the routes; if there are none on purpose, write `routes: []`.',
  ),
  'route-unclaimed': warning(
    'A route claims no number, so no call reaches it.',
    'Give it a `to`, or remove it.',
  ),
  'rule-unreachable': warning(
    'An earlier rule fits every call that this rule fits.',
    'Move it up, or remove it.',
  ),
  'csv-file': error(
    'A `numbersFrom` file lacks a header row with `number` and `route` or `endpoint`, or is not CSV.',
    'Begin the file with `number,route` or `number,endpoint`.',
  ),
  'csv-row': error(
    'A row of a `numbersFrom` file is incomplete.',
    'Fill in the number and the route or endpoint.',
  ),
  // SIP
  'sip-uri': error('A SIP URI does not follow RFC 3261.', 'Write `sip:user@host:port;transport=tls`.'),
  'sip-uri-length': error(
    'A SIP URI has 255 characters or more; Twilio refuses it.',
    'Shorten the user part or the parameters.',
  ),
  'sip-port': error('A port is not from 1 to 65535.', 'Write a port from 1 to 65535, or none.'),
  'sip-transport': error('`transport` is not `udp`, `tcp` or `tls`.', 'Write `udp`, `tcp` or `tls`.'),
  'sip-secure': error('`secure` is neither `true` nor `false`.', 'Write `;secure=true`, or leave it out.'),
  'sip-region': error(
    'A Twilio region or edge of this name does not exist.',
    'Write one of the names in the message.',
  ),
  'sip-region-former': warning(
    'A Twilio region or edge has a name that is no longer used.',
    'Write the edge in the message, which is what the call gets.',
  ),
  'sip-region-ignored': warning(
    'A region or edge is given with a Twilio SIP domain; a call to a registered user leaves from the edge of the registration.',
    'Remove it.',
  ),
  'sip-region-twice': error('`region` or `edge` is given more than once.', 'Keep one of them.'),
  'sip-header-name': error(
    'A header name is not a SIP token, or begins with `X-Twilio`.',
    'Use `X-` and letters, digits and dashes.',
  ),
  'sip-header-value': error(
    'A header value holds a line break or another control character, or is not UTF-8.',
    'Write the value on one line; in YAML, without `|`.',
  ),
  'sip-header-length': error(
    'The headers of a SIP URI have 1024 characters or more.',
    'Shorten or remove headers.',
  ),
  'sip-header-dropped': warning('Twilio silently drops a header of this name.', 'Begin the name with `X-`.'),
  'sip-header-twice': warning(
    'Two headers of a SIP URI have the same name; capitals and small letters count as the same.',
    'Remove one of the two.',
  ),
  'sip-sips': warning(
    'The `sips:` scheme is not described by Twilio.',
    'Write `sip:` and `;transport=tls` or `;secure=true`.',
  ),
  'sip-host-private': warning(
    'The host is a private or loopback address; Twilio cannot reach it (error 13254).',
    'Use a public address or name.',
  ),
  'sip-host-twilio': warning(
    'The host is a Twilio SIP domain; Twilio reaches only users registered there (error 13255).',
    'Dial your own host, or a registered user.',
  ),
  'sip-host-srv': warning(
    'The host is known to have only SRV records, which Twilio does not look up (error 13254).',
    'Dial the host and port that an SRV record names, or your own SBC.',
  ),
  'sip-transport-provider': warning(
    'The provider at this host takes no calls by this transport.',
    'Add the `;transport=` in the message.',
  ),
  'sip-password': warning(
    'A password is inside a SIP URI.',
    'Use `username` and `password` of the endpoint.',
  ),
  'sip-username-missing': warning(
    'A `password` has no `username`, so Twilio cannot authenticate with it.',
    'Add `username`.',
  ),
  // templates
  'template-syntax': error('`{{…}}` is not closed or empty.', 'Write `{{To}}`.'),
  'template-name': error(
    'A template names no webhook parameter, CSV column or known value.',
    'Fix the name; see docs/config.md.',
  ),
  'template-place': error(
    'A template is where none is allowed, such as the host of a URI.',
    'Use templates in the user part, header values and `say`.',
  ),
  'xml-in-text': warning(
    'A text to be said, or a header, holds XML such as SSML or `&amp;`; it is escaped, and so spoken or sent as it is written.',
    'Write plain text; for SSML, `redirect` to a TwiML document of your own.',
  ),
  // schedules
  'time-zone': error('A time zone is not an IANA name.', 'Write a name such as `Europe/Berlin`.'),
  'instant-format': error(
    'A time is not ISO 8601, or it does not say which instant it means.',
    'Write it with an offset: `2026-11-20T10:00:00+01:00`.',
  ),
  'schedule-window': error('An opening is not days and times.', 'Write `mon-fri 09:00-18:00`.'),
  'schedule-date': error(
    'A date is not a calendar day, a range, or a yearly date.',
    'Write `2026-12-25`, `2026-12-24..2027-01-01` or `12-25`.',
  ),
  'calendar-file': error('An `.ics` file is not an iCalendar.', 'Export the calendar again (RFC 5545).'),
  // dialling
  'ring-size': error(
    '`ring` holds fewer than two or more than ten; Twilio allows ten in one Dial.',
    'Ring from two to ten at once.',
  ),
  'hop-twice': warning('The same endpoint appears twice in one dial.', 'Remove one of the two.'),
  'action-order': error(
    'An action comes after one that must be the last.',
    'Move it up, or into `otherwise`.',
  ),
  'failover-class': error(
    '`failoverOn` holds something that is neither an outcome class nor a SIP code from 300 to 699, or `any` with others.',
    'Write classes such as `unreachable`, codes such as `503`, or `any` alone.',
  ),
  'caller-id': error(
    'A caller id holds other characters than letters, digits and `+-_.`.',
    'Write a number in E.164 form, or a name without spaces.',
  ),
  'caller-id-missing': warning(
    'A SIP caller is sent to the telephone network without a caller id of yours; Twilio refuses To and From there.',
    'Add `callerId` with a number that you own.',
  ),
  'no-otherwise': warning(
    'A dial has no `otherwise`: the call ends when no endpoint answers.',
    'Add `otherwise`, here or under `defaults`.',
  ),
  'ring-enhanced': warning(
    '`ring` needs "Enhanced Programmable SIP Features" on the account.',
    'Enable it in the Console, or write a list.',
  ),
  'answer-on-bridge': warning(
    '`answerOnBridge` has no effect when something comes before the dial.',
    'Remove what comes before, or `answerOnBridge`.',
  ),
  'time-limit-account': warning(
    'A `timeLimit` over 14400 works only on accounts with the 24-hour maximum.',
    'Enable it in the Console, or write 14400 at most.',
  ),
  'status-callback': warning(
    "A `statusCallback` of your own takes the place of dialsip's. Then dialsip does not know whether the leg rings, its post-dial delay, and when its slot is free.",
    'Remove it, or go without these.',
  ),
  'no-progress': warning(
    '`noProgress` has no effect: dialsip may not cancel the leg, its progress goes elsewhere, or `timeout` comes first.',
    'Give the account credentials, remove `statusCallback`, or write a smaller `noProgress`.',
  ),
  'ringing-unshared': warning(
    '`failoverOn` has only one of `noAnswer` and `unreachable`. Without a SIP code only the replica that heard the phone ring can tell which it was.',
    'Set `state` to the URL of a Redis; with one replica write `state: memory`.',
  ),
  'mailbox-may-answer': warning(
    'A phone number rings before a later hop, or before an `otherwise` that takes the call, without a screen: a mailbox may answer it.',
    'Add `screen: true` next to the dial.',
  ),
  'screen-document': warning(
    'A screening document of your own must not hold `<Dial>` (error 13201), and takes the place of `screen`.',
    'Use `screen:`, or see that your document only says and gathers.',
  ),
} as const satisfies Record<string, CodeEntry>

export type ErrorCode = keyof typeof ERROR_CODES
