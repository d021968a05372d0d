-- Puts an entry in the place of what the asker saw there, and counts the change.
-- KEYS[1] the hash; ARGV: the field, what was seen ('' nothing), what is put ('' nothing), the field that counts ('' none).
local there = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if there ~= ARGV[2] then
  return 0
end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
if ARGV[4] ~= '' then
  redis.call('HINCRBY', KEYS[1], ARGV[4], 1)
end
return 1
