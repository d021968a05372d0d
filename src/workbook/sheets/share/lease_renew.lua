-- Lets the turn last its full time again, if it is the one that lasts.
-- KEYS[1] the lease; ARGV: the turn (the asker and its number), how long it lives in ms.
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0
