-- Asks for the addresses in the file BENCH_PATHS, one after the other, each thread from a place of its own.
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local at = 0
function init() math.randomseed(os.time() + tonumber(tostring({}):sub(8), 16) % 100000); at = math.random(#paths) end
function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
