-- Leaves no more than so much in the bucket: Google said that it is too much.
-- KEYS[1] the bucket; ARGV: tokens that come back in a second, the most that may be left (below 0: for a
-- while there is none), how long to keep it in ms.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local tokens = tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'tokens', 'at')
if known[1] and known[2] then
  tokens = math.min(tokens, known[1] + math.max(0, now - known[2]) * tonumber(ARGV[1]))
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
