-- Gives the turn to write to the asker, if nobody has it. Repeating it is harmless.
-- KEYS[1] the lease; ARGV: the asker, how long it lives in ms, and the number of the asker's turn: its end names both.
-- The fence is told once: only who lets go of the lease vouches for it, and only a server that has
-- lost nothing since (a replica that took over, or one that was started again, is another run).
local holder = redis.call('HGET', KEYS[1], 'holder')
if holder and string.match(holder, '^[^:]+') ~= ARGV[1] then
  redis.call('HSET', KEYS[1], 'wanted', ARGV[1])
  return {0, ''}
end
local told = redis.call('HMGET', KEYS[1], 'fence', 'run')
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'holder', ARGV[1] .. ':' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
-- Who may not ask for the run has none to compare, and both are the same then.
local info = redis.pcall('INFO', 'server')
local run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
if told[1] and told[2] == run then
  return {1, told[1]}
end
return {1, ''}
