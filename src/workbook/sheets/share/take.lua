-- Takes a call to Google out of the bucket that all processes share; answers 0, or how long to wait in ms.
-- KEYS[1] the bucket; ARGV: tokens that come back in a second, the most that it holds, how many are left
-- to others, how many calls were made past it, what a new bucket holds, how long to keep it in ms.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local rate, most, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(ARGV[5])
if known[1] and known[2] then
  tokens = math.min(most, known[1] + math.max(0, now - known[2]) * rate)
end
tokens = tokens - tonumber(ARGV[4])
local wait = 0
if tokens >= 1 + reserve then
  tokens = tokens - 1
else
  wait = math.ceil((1 + reserve - tokens) / rate * 1000)
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return wait
