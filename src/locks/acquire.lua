-- Takes a lock if it is free. Repeating it with the same token is harmless. It begins with a write,
-- so that a master that was demoted refuses it instead of answering from what it remembers.
-- KEYS[1] the lock; ARGV: the asker's new token, the asker's worker id, the TTL in ms.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3]) then
  return {'got', ARGV[1], 0}
end
local held = redis.call('GET', KEYS[1])
if held == ARGV[1] then
  -- An earlier sending of this very command was carried out after all.
  return {'mine', held, 0}
end
if tonumber(string.match(held, '^(%d+):')) == tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'yours', held, 0}
end
return {'theirs', held, redis.call('PTTL', KEYS[1])}
