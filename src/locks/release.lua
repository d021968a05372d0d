-- Removes a lock, if its whole value still is what the asker saw.
-- KEYS[1] the lock; ARGV: that value.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
