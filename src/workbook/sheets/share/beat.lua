-- Says that a process lives, and tells it of the others.
-- A beat is three numbers: when, whether a screen is open there and twice how well it knows, and its news.
-- More of them would make an older program beside this one, which wants three, throw the beat away.
-- KEYS[1] the processes; ARGV: the asker, whether a screen is open there (0 or 1), how often it has seen
-- something new, after how long without a beat a process counts no more, and how long to keep all, in ms,
-- and how well it knows what has to be put right (0 to 2).
-- Answers: how many live, how many of them have screens, how many of those come before the asker, the
-- server's clock in ms, how often the others have seen something new, and how well the best of them knows
-- what has to be put right.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %d %s', now, ARGV[2] + 2 * ARGV[6], ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
local all = redis.call('HGETALL', KEYS[1])
local live, watched, rank, news, knows = 0, 0, 0, 0, 0
for place = 1, #all, 2 do
  local who = all[place]
  local at, both, seen = string.match(all[place + 1], '^(%d+) (%d) (%d+)$')
  if not at or math.abs(now - at) > tonumber(ARGV[4]) then
    redis.call('HDEL', KEYS[1], who)
  else
    live = live + 1
    if both % 2 == 1 then
      watched = watched + 1
      if who < ARGV[1] then rank = rank + 1 end
    end
    if who ~= ARGV[1] then
      news = news + seen
      knows = math.max(knows, math.floor(both / 2))
    end
  end
end
return {live, watched, rank, now, news, knows}
