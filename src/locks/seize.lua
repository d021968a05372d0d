-- Hands a lock over, if its whole value still is what the asker saw. Repeating it is harmless.
-- KEYS[1] the lock; ARGV: that value, the new token, the TTL in ms.
local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
if held == ARGV[2] then
  return 1
end
return 0
