-- Takes a call to Google out of the bucket that all processes share; answers 0, or how
-- long to wait in ms, what is left, and when that was.
-- KEYS[1] the bucket; ARGV: tokens that come back in a second, the most that it holds, how many are left
-- to others, how many calls were made past it, how long to keep it in ms, and what the asker saw last: what
-- was left, and when (both empty: he never asked).
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local rate, most, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local saw, saw_at = tonumber(ARGV[6]), tonumber(ARGV[7])
local function grown(tokens, at, to)
  return math.min(most, tokens + math.max(0, to - at) * rate)
end
local function keep(...)
  redis.call('HSET', KEYS[1], ...)
end
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'born', 'from', 'from_at')
local tokens = most
if known[1] and known[2] then
  tokens = grown(known[1], known[2], now)
  -- The bucket was lost, and began again with what somebody had seen of it before we did: what was taken
  -- in between counts now.
  if saw and known[3] and saw_at < tonumber(known[3]) and saw_at > tonumber(known[5]) then
    tokens = tokens - math.max(0, grown(known[4], known[5], saw_at) - saw)
    keep('from', ARGV[6], 'from_at', ARGV[7])
  end
else
  if saw then tokens = grown(saw, saw_at, now) end
  keep('born', string.format('%.6f', now), 'from', saw and ARGV[6] or most, 'from_at', saw and ARGV[7] or 0)
end
tokens = tokens - tonumber(ARGV[4])
local wait = 0
if tokens >= 1 + reserve then
  tokens = tokens - 1
else
  wait = math.ceil((1 + reserve - tokens) / rate * 1000)
end
local left, at = string.format('%.6f', tokens), string.format('%.6f', now)
keep('tokens', left, 'at', at)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return {wait, left, at}
