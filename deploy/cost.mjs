// Calculates the cost on AWS: the tables of docs/cost.md, from the capacity units in docs/data-model.md and the prices in
// prices.json. Without an option it prints the tables. `--write` updates docs/cost.md between its markers, and `--check`
// fails if the page has other figures.
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')
const PAGE = 'docs/cost.md'
const { prices, transfer_out: transferOut } = JSON.parse(read('deploy/prices.json'))

// A month has 730 hours, as in AWS's calculator. A GB has 10^9 bytes; if AWS means 2^30, the result is 7 % too high.
const HOURS = 730
const DAYS = HOURS / 24
const SECONDS = HOURS * 3600
const GB = 1e9

/** Reads measured figures from docs/data-model.md, which names the tests that measure them. */
function measured(pattern) {
  const found = pattern.exec(read('docs/data-model.md'))
  if (!found) {
    console.error(
      `Error: docs/data-model.md has no text that matches ${pattern}, which deploy/cost.mjs reads its figures from.`,
    )
    process.exit(1)
  }
  return found.slice(1).map(Number)
}
const [WRITES, READS] = measured(/\| this one \| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\* \|/)
const [OLD_WRITES, OLD_READS] = measured(/\| AWS's example application \| ([\d.]+) \| ([\d.]+) \|/)
const [POLLED_GAME, POLLED_HOME] = measured(/instead of (\d+) and (\d+) for reading\s+once a second/)

/** Measured by `make traffic`, for both players together. In bytes and seconds. */
const TRAFFIC = { firstVisits: 409_800, game: 38_800, requests: 47, connections: 3.8, logged: 9_100, processor: 0.098 }

/** Assumptions, which docs/cost.md explains. */
const ASSUMED = {
  gameSeconds: 60, // seven moves of five seconds, and the time to invite and accept
  firstVisits: 0.1, // the share of players with an empty cache
  peak: 3, // the load of the busiest hour, as a multiple of the mean
  nginxLine: 250, // the bytes in nginx's log for each request
  sessionSeconds: 10, // the time for which an instance caches a session
  sessionDays: 30,
  gamesShards: 4, // the shards of a new on-demand table (docs/decisions/change-feed.md)
  diskGB: 10, // the disk of an instance
  zones: 6, // the zones of us-east-1: a load balancer has an address in each
  processorUse: 0.5, // the target utilisation of an instance at the peak
}

/** The size of an item according to the Developer Guide ("DynamoDB item sizes and formats"), for ASCII text only. */
const listSize = (list) => 3 + list.reduce((sum, text) => sum + 1 + text.length, 0)
const size = (item) =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + (Array.isArray(value) ? listSize(value) : value.length),
    0,
  )
/** The bytes that billing adds to every item and index entry. */
const OVERHEAD = 100
const moves = ['TopLeft', 'TopMiddle', 'MiddleMiddle', 'BottomRight', 'MiddleLeft', 'TopRight', 'BottomLeft']
const finished = {
  GameId: '9b2f6a52-5f5e-4c62-9d0b-0f9f1c6a7b11',
  HostId: 'ada',
  OpponentId: 'bob',
  StatusDate: 'FINISHED_2026-11-22 05:30:00.123456',
  OUser: 'ada',
  Turn: 'N/A',
  Result: 'ada',
  Moves: moves,
  ...Object.fromEntries(moves.map((square, ply) => [square, ply % 2 ? 'X' : 'O'])),
}
const pick = (...names) => Object.fromEntries(names.map((name) => [name, finished[name]]))
const entry = size(pick('GameId', 'HostId', 'OpponentId', 'StatusDate', 'Result'))
const ITEM = size(finished)
const STORED = ITEM + OVERHEAD + 2 * (entry + OVERHEAD)
const SESSION = size({ PlayerId: 'ada', SessionId: 'x'.repeat(64), ExpiresAt: '123456' }) + OVERHEAD

const cost = (name, amount) => (Math.max(0, amount - (prices[name].free ?? 0)) / prices[name].per) * prices[name].price
/** The monthly cost of resources that are billed by the hour. */
const monthly = (name, count = 1) => count * prices[name].price * HOURS

function transferCost(bytes) {
  let left = Math.max(0, bytes / GB - transferOut.free)
  let sum = 0
  for (const [step, price] of transferOut.steps) {
    const here = Math.min(left, step ?? Infinity)
    sum += here * price
    left -= here
  }
  return sum
}

/** GetRecords calls a month: each shard of Games every second, of Sessions every three; without watchers every ten. */
function streamReads({ instances, watched, shards }) {
  const whileWatched = shards + ASSUMED.gamesShards / 3
  const whileIdle = (shards + ASSUMED.gamesShards) / 10
  return instances * SECONDS * (watched * whileWatched + (1 - watched) * whileIdle)
}

/**
 * Capacity units of Players and Sessions. Both players log in, in a transaction, which doubles the units: it puts a session
 * and checks the player. The reads are an upper bound: one in ten seconds for each session and instance.
 */
function otherUnits({ instances }) {
  const logIns = 2
  const sessionReads = 2 * (ASSUMED.gameSeconds / ASSUMED.sessionSeconds) * instances
  return {
    players: { writes: 2 * logIns, reads: logIns + 0.5 + 0.5 }, // the hash; the opponent, when invited and while waiting
    sessions: { writes: 2 * logIns, reads: Math.min(TRAFFIC.requests, sessionReads) },
  }
}

function balancer({ games }) {
  const perSecond = games / 86_400
  const units = Math.max(
    (perSecond * TRAFFIC.connections) / 25,
    (perSecond * (ASSUMED.gameSeconds * 2 + TRAFFIC.connections * 60)) / 3000,
    (perSecond * bytesOut * 3600) / GB,
  )
  return monthly('load_balancer') + monthly('load_balancer_unit', units) + monthly('public_address', ASSUMED.zones)
}

const bytesOut = TRAFFIC.game + ASSUMED.firstVisits * TRAFFIC.firstVisits
const bytesLogged = TRAFFIC.logged + TRAFFIC.requests * ASSUMED.nginxLine

/** The items of a month's bill. */
function month(scale) {
  const games = scale.games * DAYS
  const others = otherUnits(scale)
  const servers = scale.instances * (monthly(scale.type) + monthly('public_address') + cost('disk', ASSUMED.diskGB))
  return {
    'writes: games': cost('write_units', games * WRITES),
    'writes: log-ins': cost('write_units', games * (others.players.writes + others.sessions.writes)),
    'reads: games': cost('read_units', games * READS),
    'reads: players and sessions, at most': cost('read_units', games * (others.players.reads + others.sessions.reads)),
    'stream reads': cost('stream_reads', streamReads(scale)),
    'storage after a year': cost(
      'table_storage',
      (scale.games * (365 * STORED + 2 * ASSUMED.sessionDays * SESSION)) / GB,
    ),
    'instances with disks and addresses': servers,
    'load balancer with addresses': scale.balanced ? balancer(scale) : 0,
    logs: cost('log_ingestion', (games * bytesLogged) / GB),
    'data to browsers': transferCost(games * bytesOut),
  }
}

const few = { games: 10, instances: 1, type: 't3.micro', balanced: false, watched: 1 / 24, shards: ASSUMED.gamesShards }
const some = { ...few, games: 10_000, watched: 1 }
const two = { ...some, instances: 2, balanced: true }
const PROCESSORS = 16
const MANY = 10_000_000
const processors = (MANY / 86_400) * ASSUMED.peak * TRAFFIC.processor
const many = {
  games: MANY,
  instances: Math.ceil(processors / PROCESSORS / ASSUMED.processorUse),
  type: 'm5.4xlarge',
  balanced: true,
  watched: 1,
  shards: 8,
}

const usd = (value) => {
  if (value === 0) return '0'
  if (value < 0.01) return '< 0.01'
  return value < 1000 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US')
}
const count = (value) => Number(value.toPrecision(2)).toLocaleString('en-US')
const sum = (values) => values.reduce((total, value) => total + value, 0)
const table = (head, rows) =>
  [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')

function bills() {
  const scales = [few, some, two, many]
  const all = scales.map(month)
  const rows = Object.keys(all[0]).map((what) => [what, ...all.map((bill) => usd(bill[what]))])
  const totals = all.map((bill) => `**${usd(sum(Object.values(bill)))}**`)
  const head = scales.map(
    ({ games, instances, type }) => `${games.toLocaleString('en-US')} a day, ${instances} × ${type}`,
  )
  const perThousand = scales.map((scale, at) => usd((sum(Object.values(all[at])) / (scale.games * DAYS)) * 1000))
  return table(['USD a month', ...head], [...rows, ['**total**', ...totals], ['for 1000 games', ...perThousand]])
}

function guide() {
  const single = monthly('t3.micro') + monthly('public_address') + cost('disk', ASSUMED.diskGB)
  const balanced = 2 * single + monthly('load_balancer') + monthly('public_address', ASSUMED.zones)
  const row = (name, value, instances) => {
    const streams = (watched) => cost('stream_reads', streamReads({ ...few, instances, watched }))
    return [name, ...[value / HOURS, value / DAYS, value + streams(0), value + streams(1)].map(usd)]
  }
  const head = ['USD', 'an hour', 'a day', 'a month, no page open', 'a month, a page always open']
  return table(head, [row('single instance', single, 1), row('load-balanced, two instances', balanced, 2)])
}

function storage() {
  const rows = [few, some, many].map(({ games }) => {
    const yearly = (games * 365 * STORED) / GB
    const cells = [1, 3, 10].map(
      (years) => `${count(yearly * years)} GB, ${usd(cost('table_storage', yearly * years))}`,
    )
    return [`${games.toLocaleString('en-US')} games a day`, ...cells]
  })
  return table(['storage, and USD a month', 'after one year', 'after three years', 'after ten years'], rows)
}

function comparison() {
  const million = (writes, reads) => usd(cost('write_units', 1e6 * writes) + cost('read_units', 1e6 * reads))
  const millionHours = (readUnits) => usd(cost('read_units', 1e6 * readUnits))
  const waiting = (ASSUMED.gameSeconds / 3600) * POLLED_GAME * 2
  return table(
    ['capacity units of `Games` only, on demand', 'USD'],
    [
      [`a million games: ${WRITES} write and ${READS} read units each`, million(WRITES, READS)],
      [`a million games with AWS's example: ${OLD_WRITES} and ${OLD_READS}`, million(OLD_WRITES, OLD_READS)],
      [
        `a million games here, if both pages read the game once a second: ${waiting} more read units`,
        million(WRITES, READS + waiting),
      ],
      ['a million hours of waiting on a page with an event stream', '0'],
      [
        `a million hours of waiting on a game page that reads once a second: ${POLLED_GAME} read units each`,
        millionHours(POLLED_GAME),
      ],
      [`a million hours of waiting on a home page that reads once a second: ${POLLED_HOME}`, millionHours(POLLED_HOME)],
    ],
  )
}

/** The capacity units of a game by resource: name, write units, read units. Provisioned capacity is bought for each. */
function resources() {
  const others = otherUnits(few)
  const units = [
    ['`Games`', 9, 2], // creation, acceptance, seven moves; a game page for each player
    ['`HostId-StatusDate-index`', 5, 6], // one new entry, replaced twice; half of the queries of four home pages
    ['`OpponentId-StatusDate-index`', 5, 6],
    ['`Players`', others.players.writes, others.players.reads],
    ['`Sessions`', others.sessions.writes, others.sessions.reads],
  ]
  const total = (column) => sum(units.slice(0, 3).map((resource) => resource[column]))
  if (total(1) !== WRITES || total(2) !== READS)
    throw new Error(
      `deploy/cost.mjs distributes ${total(1)} write and ${total(2)} read units, but docs/data-model.md has ${WRITES} and ${READS}`,
    )
  return units
}

function freeTier() {
  const units = prices.provisioned_write.free / resources().length
  const gamesPerDay = (perGame) => (perGame ? count((units * 86_400) / perGame / ASSUMED.peak) : 'any number')
  const rows = resources().map(([name, writes, reads]) => [
    name,
    String(writes),
    gamesPerDay(writes),
    String(reads),
    gamesPerDay(reads),
  ])
  return table(
    [
      `${units} write and ${units} read units for`,
      'write units a game',
      'games a day',
      'read units a game',
      'games a day',
    ],
    rows,
  )
}

function derived() {
  const perSecond = MANY / 86_400
  const peak = perSecond * ASSUMED.peak
  const reads = many.shards + ASSUMED.gamesShards / 3
  const writes = monthly('provisioned_write', (perSecond * (WRITES + 2)) / ASSUMED.processorUse)
  return table(
    ['at 10 million games a day', ''],
    [
      ['games a second, mean and peak', `${count(perSecond)}, ${count(peak)}`],
      ['requests a second at the peak', count(peak * TRAFFIC.requests)],
      ['open event streams at the peak', count(peak * ASSUMED.gameSeconds * 2)],
      ['busy processors at the peak', count(processors)],
      ['changes a second in the stream of `Games` at the peak', count(peak * 9)],
      ['reads of each shard a second, by all instances', String(many.instances)],
      ['GetRecords calls a second', count(many.instances * reads)],
      [
        `all writes with provisioned capacity, ${100 * ASSUMED.processorUse} % used on average, USD a month`,
        usd(writes),
      ],
      [
        'point-in-time recovery after a year, USD a month',
        usd(cost('point_in_time_recovery', (MANY * 365 * (ITEM + OVERHEAD)) / GB)),
      ],
    ],
  )
}

function priceList() {
  const rows = Object.entries({ ...prices, transfer_out: transferOut }).map(([name, entry]) => {
    const price = entry.price ?? entry.steps.map(([, step]) => step).join(', ')
    const free = entry.free ? `${entry.free.toLocaleString('en-US')} free` : ''
    return [
      `[${name.replaceAll('_', ' ')}](${entry.source})`,
      String(price),
      entry.unit,
      free,
      entry.confidence,
      entry.as_of,
    ]
  })
  const head = ['price', 'USD', 'per', 'free', 'confidence', 'as of']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const tables = { bills, guide, comparison, storage, free: freeTier, derived, prices: priceList }
const markers = (name) => ['begin', 'end'].map((place) => `<!-- deploy/cost.mjs ${name}: ${place} -->`)

/** Replaces the tables in the page. */
function updated(page) {
  for (const [name, make] of Object.entries(tables)) {
    const [begin, end] = markers(name)
    const [from, to] = [page.indexOf(begin), page.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`${PAGE} lacks the markers of the table "${name}": ${begin} … ${end}`)
    page = `${page.slice(0, from + begin.length)}\n\n${make()}\n\n${page.slice(to)}`
  }
  return page
}

function run(option) {
  if (option === undefined) {
    console.log(`Bytes: item ${ITEM}, index entry ${entry}, storage of a game ${STORED}, session ${SESSION}\n`)
    console.log(
      Object.values(tables)
        .map((make) => make())
        .join('\n\n'),
    )
    return
  }
  if (!['--write', '--check'].includes(option)) throw new Error('the options are --write and --check')
  const page = read(PAGE)
  if (updated(page) === page) console.log(`${PAGE} is up to date.`)
  else if (option === '--write') writeFileSync(new URL(PAGE, root), updated(page))
  else throw new Error(`${PAGE} has outdated figures: run node deploy/cost.mjs --write, and check the text around them`)
}

try {
  run(process.argv[2])
} catch (error) {
  console.error(`Error: ${error.message}.`)
  process.exitCode = 1
}
