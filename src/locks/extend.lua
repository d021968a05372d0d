-- Lets a lock live a full TTL again, if it still is the worker's.
-- KEYS[1] the lock; ARGV: the worker id, the TTL in ms.
local held = redis.call('GET', KEYS[1])
if held and tonumber(string.match(held, '^(%d+):')) == tonumber(ARGV[1]) then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
