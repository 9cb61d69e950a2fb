-- Sends the webhooks of a file by turns, from a place in it on, and checks that every answer is one of those that
-- the file asks for. That it is the one for this very webhook is checked before, by `bench/load/check.ts`.

local requests, expected, at = {}, {}, 0
local threads = {}
wrong = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  for line in io.lines(args[1]) do
    local signature, token, body, answer = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    requests[#requests + 1] = wrk.format("POST", "/voice", {
      ["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8",
      ["X-Twilio-Signature"] = signature,
      ["I-Twilio-Idempotency-Token"] = token,
      ["User-Agent"] = "TwilioProxy/1.1",
      ["Accept"] = "*/*",
    }, body)
    expected[answer] = true
  end
  at = tonumber(args[2]) % #requests
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function response(status, headers, body)
  if status ~= 200 or not expected[body] then wrong = wrong + 1 end
end

function done(summary)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.timeout
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  print(string.format('{"requests":%d,"seconds":%f,"wrong":%d}', summary.requests, summary.duration / 1e6, bad))
end
