-- Ends the turn, if it is the one that lasts, and leaves the fence for the next one; says whether one waits.
-- KEYS[1] the lease; ARGV: the turn (the asker and its number), the fence (empty: none that he vouches for), how long to keep it in ms.
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then
  return 0
end
local wanted = redis.call('HEXISTS', KEYS[1], 'wanted')
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then
  local info = redis.pcall('INFO', 'server')
  local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
  redis.call('HSET', KEYS[1], 'fence', ARGV[2], 'run', run)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return wanted
