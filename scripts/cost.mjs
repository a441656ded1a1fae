// What the application costs on AWS: the tables of docs/cost.md, from the units that docs/data-model.md states
// and the prices in deploy/prices.json. Without an option it prints them; `--write` puts them into the page,
// between its two markers; `--check` fails where the page says something else.
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')
const PAGE = 'docs/cost.md'
const [BEGIN, END] = ['<!-- scripts/cost.mjs: begin -->', '<!-- scripts/cost.mjs: end -->']
const { prices, transfer_out: transferOut } = JSON.parse(read('deploy/prices.json'))

// A month as AWS's calculator counts it. A GB is taken as 10^9 bytes: where AWS means 2^30, that is 7 % too much.
const HOURS = 730
const DAYS = HOURS / 24
const SECONDS = HOURS * 3600
const GB = 1e9

/** What docs/data-model.md says, where server/tests/cost.rs and instances are cited for it. */
function stated(pattern) {
  const found = pattern.exec(read('docs/data-model.md'))
  if (!found) {
    console.error(`Error: docs/data-model.md no longer has ${pattern}, from where scripts/cost.mjs reads its figures.`)
    process.exit(1)
  }
  return found.slice(1).map(Number)
}
const [WRITES, READS] = stated(/\| this one \| \*\*([\d.]+)\*\* \| \*\*([\d.]+)\*\* \|/)
const [OLD_WRITES, OLD_READS] = stated(/\| AWS's example application \| ([\d.]+) \| ([\d.]+) \|/)
const [POLLED_GAME, POLLED_HOME] = stated(/instead of (\d+) and (\d+) for reading\s+once a second/)

/** Printed by scripts/traffic.mjs (`make traffic`), for both players together. */
const TRAFFIC = { firstVisits: 409_800, game: 38_800, requests: 47, connections: 3.8, logged: 9_100, processor: 0.098 }

/** What nobody has measured. docs/cost.md says why these. */
const ASSUMED = {
  gameSeconds: 60, // seven moves of five seconds, and the time to invite and accept
  firstVisits: 0.1, // of the players of a game, so many come with an empty cache
  peak: 3, // the busiest hour, as a multiple of the mean
  nginxLine: 250, // bytes that nginx logs for a request
  sessionSeconds: 10, // how long an instance remembers a session (SessionCache)
  sessionDays: 30,
  gamesShards: 4, // of a new on-demand table (docs/decisions/change-feed.md)
  diskGB: 10, // of an instance
  zones: 6, // a load balancer has an address in each; us-east-1 has six
  processorUse: 0.5, // how busy an instance should be at the peak
}

/** An item by the rules of the Developer Guide ("DynamoDB item sizes and formats"), here for ASCII text only. */
const listSize = (list) => 3 + list.reduce((sum, text) => sum + 1 + text.length, 0)
const size = (item) =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + name.length + (Array.isArray(value) ? listSize(value) : value.length),
    0,
  )
/** Added to every item and index entry when storage is billed. */
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
const SESSION = size({ SessionId: 'x'.repeat(64), PlayerId: 'ada', ExpiresAt: '123456' }) + OVERHEAD

const cost = (name, amount) => (Math.max(0, amount - (prices[name].free ?? 0)) / prices[name].per) * prices[name].price
/** Paid by the hour, all month. */
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

/** GetRecords calls of one month: once a second and shard of Games, every third for Sessions; unwatched, every ten. */
function streamReads({ instances, watched, shards }) {
  const whileWatched = shards + ASSUMED.gamesShards / 3
  const otherwise = (shards + ASSUMED.gamesShards) / 10
  return instances * SECONDS * (watched * whileWatched + (1 - watched) * otherwise)
}

/** Units on Players and Sessions. The reads are the most there can be: once in ten seconds for each session and instance. */
function otherUnits({ instances }) {
  const looks = 2 * (ASSUMED.gameSeconds / ASSUMED.sessionSeconds) * instances
  return { writes: 2, reads: 2 + 0.5 + Math.min(TRAFFIC.requests, looks) }
}

function balancer({ games }) {
  const aSecond = games / 86_400
  const units = Math.max(
    (aSecond * TRAFFIC.connections) / 25,
    (aSecond * (ASSUMED.gameSeconds * 2 + TRAFFIC.connections * 60)) / 3000,
    (aSecond * bytesOut * 3600) / GB,
  )
  return monthly('load_balancer') + monthly('load_balancer_unit', units) + monthly('public_address', ASSUMED.zones)
}

const bytesOut = TRAFFIC.game + ASSUMED.firstVisits * TRAFFIC.firstVisits
const bytesLogged = TRAFFIC.logged + TRAFFIC.requests * ASSUMED.nginxLine

/** One month at so many games a day. */
function month(scale) {
  const games = scale.games * DAYS
  const others = otherUnits(scale)
  const servers = scale.instances * (monthly(scale.type) + monthly('public_address') + cost('disk', ASSUMED.diskGB))
  return {
    'writes: games': cost('write_units', games * WRITES),
    'writes: sessions': cost('write_units', games * others.writes),
    'reads: games': cost('read_units', games * READS),
    'reads: sessions, at most': cost('read_units', games * others.reads),
    'stream readings': cost('stream_reads', streamReads(scale)),
    'storage after a year': cost('table_storage', (scale.games * (365 * STORED + 2 * ASSUMED.sessionDays * SESSION)) / GB),
    'instances, disks, their addresses': servers,
    'load balancer and its addresses': scale.balanced ? balancer(scale) : 0,
    'logs': cost('log_ingestion', (games * bytesLogged) / GB),
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
  [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

function bills() {
  const scales = [few, some, two, many]
  const all = scales.map(month)
  const rows = Object.keys(all[0]).map((what) => [what, ...all.map((bill) => usd(bill[what]))])
  const totals = all.map((bill) => `**${usd(sum(Object.values(bill)))}**`)
  const head = scales.map(({ games, instances, type }) => `${games.toLocaleString('en-US')} a day, ${instances} × ${type}`)
  const each = scales.map((scale, at) => usd((sum(Object.values(all[at])) / (scale.games * DAYS)) * 1000))
  return table(['USD a month', ...head], [...rows, ['**together**', ...totals], ['for 1000 games', ...each]])
}

function guide() {
  const single = monthly('t3.micro') + monthly('public_address') + cost('disk', ASSUMED.diskGB)
  const balanced = 2 * single + monthly('load_balancer') + monthly('public_address', ASSUMED.zones)
  const row = (what, value, instances) => {
    const reading = (watched) => cost('stream_reads', streamReads({ ...few, instances, watched }))
    return [what, ...[value / HOURS, value / DAYS, value + reading(0), value + reading(1)].map(usd)]
  }
  const head = ['USD', 'an hour', 'a day', 'a month, no page open', 'a month, a page always open']
  return table(head, [row('single instance', single, 1), row('load-balanced, two instances', balanced, 2)])
}

function storage() {
  const rows = [few, some, many].map(({ games }) => {
    const aYear = (games * 365 * STORED) / GB
    const cells = [1, 3, 10].map((years) => `${count(aYear * years)} GB, ${usd(cost('table_storage', aYear * years))}`)
    return [`${games.toLocaleString('en-US')} games a day`, ...cells]
  })
  return table(['stored, and USD a month', 'after a year', 'after three', 'after ten'], rows)
}

function comparison() {
  const million = (writes, reads) => usd(cost('write_units', 1e6 * writes) + cost('read_units', 1e6 * reads))
  const hours = (readUnits) => usd(cost('read_units', 1e6 * readUnits))
  const waiting = (ASSUMED.gameSeconds / 3600) * POLLED_GAME * 2
  return table(
    ['units of `Games` alone, on demand', 'USD'],
    [
      [`a million games: ${WRITES} write and ${READS} read units each`, million(WRITES, READS)],
      [`a million games with AWS's example: ${OLD_WRITES} and ${OLD_READS}`, million(OLD_WRITES, OLD_READS)],
      [`a million games here, were both pages to read once a second: ${waiting} read units more`, million(WRITES, READS + waiting)],
      ['a million hours of waiting on a page that is told of changes', '0'],
      [`a million hours of waiting on a game's page that reads once a second: ${POLLED_GAME} read units each`, hours(POLLED_GAME)],
      [`a million hours of waiting on a home page that does: ${POLLED_HOME}`, hours(POLLED_HOME)],
    ],
  )
}

/** Units that a game takes in each of the five places that provisioned units are bought for. */
function places() {
  const others = otherUnits(few)
  const found = [
    ['`Games`', 9, 2], // creation, acceptance, seven moves; a game's page for each player
    ['`HostId-StatusDate-index`', 5, 6], // an entry; out and in, twice; half of the queries of four home pages
    ['`OpponentId-StatusDate-index`', 5, 6],
    ['`Players`', 0, 2.5],
    ['`Sessions`', others.writes, others.reads - 2.5],
  ]
  const total = (column) => sum(found.slice(0, 3).map((place) => place[column]))
  if (total(1) !== WRITES || total(2) !== READS)
    throw new Error(`scripts/cost.mjs divides ${total(1)} write and ${total(2)} read units up; docs/data-model.md has ${WRITES} and ${READS}`)
  return found
}

function freeTier() {
  const units = prices.provisioned_write.free / places().length
  const aDay = (perGame) => (perGame ? count((units * 86_400) / perGame / ASSUMED.peak) : 'any number')
  const rows = places().map(([name, writes, reads]) => [name, String(writes), aDay(writes), String(reads), aDay(reads)])
  return table([`${units} and ${units} units in`, 'write units a game', 'games a day', 'read units a game', 'games a day'], rows)
}

function derived() {
  const aSecond = MANY / 86_400
  const peak = aSecond * ASSUMED.peak
  const readings = many.shards + ASSUMED.gamesShards / 3
  const writes = monthly('provisioned_write', (aSecond * (WRITES + 2)) / ASSUMED.processorUse)
  return table(
    ['at 10 million games a day', ''],
    [
      ['games a second, mean and peak', `${count(aSecond)}, ${count(peak)}`],
      ['requests a second at the peak', count(peak * TRAFFIC.requests)],
      ['open event streams at the peak', count(peak * ASSUMED.gameSeconds * 2)],
      ['processors busy at the peak', count(processors)],
      ['changes a second in the stream of `Games` at the peak', count(peak * 9)],
      ['readings of a shard a second, all instances together', String(many.instances)],
      ['GetRecords calls a second', count(many.instances * readings)],
      [`all writes with provisioned units, on average ${100 * ASSUMED.processorUse} % used, USD a month`, usd(writes)],
      ['point-in-time recovery after a year, USD a month', usd(cost('point_in_time_recovery', (MANY * 365 * (ITEM + OVERHEAD)) / GB))],
    ],
  )
}

function priceList() {
  const rows = Object.entries({ ...prices, transfer_out: transferOut }).map(([name, entry]) => {
    const price = entry.price ?? entry.steps.map(([, step]) => step).join(', ')
    const free = entry.free ? `${entry.free.toLocaleString('en-US')} free` : ''
    return [`[${name.replaceAll('_', ' ')}](${entry.source})`, String(price), entry.unit, free, entry.confidence, entry.as_of]
  })
  const head = ['price', 'USD', 'for a', 'free', 'seen', 'as of']
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

const tables = { bills, guide, comparison, storage, free: freeTier, derived, prices: priceList }
const marker = (name) => [BEGIN, END].map((line) => line.replace('cost.mjs:', `cost.mjs ${name}:`))

/** The page with each table as computed. */
function filled(page) {
  for (const [name, make] of Object.entries(tables)) {
    const [begin, end] = marker(name)
    const [from, to] = [page.indexOf(begin), page.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the table "${name}": ${begin} … ${end}`)
    page = `${page.slice(0, from + begin.length)}\n\n${make()}\n\n${page.slice(to)}`
  }
  return page
}

function run(option) {
  if (option === undefined) {
    console.log(`Item ${ITEM} bytes, index entry ${entry}, stored for each game ${STORED}; a session ${SESSION}.\n`)
    console.log(Object.values(tables).map((make) => make()).join('\n\n'))
    return
  }
  if (!['--write', '--check'].includes(option)) throw new Error('cost.mjs takes --write, --check or nothing')
  const page = read(PAGE)
  if (filled(page) === page) console.log(`${PAGE} shows what scripts/cost.mjs computes.`)
  else if (option === '--write') writeFileSync(new URL(PAGE, root), filled(page))
  else throw new Error(`${PAGE} shows other figures than scripts/cost.mjs computes: run node scripts/cost.mjs --write, and look at the text around them`)
}

try {
  run(process.argv[2])
} catch (error) {
  console.error(`Error: ${error.message}.`)
  process.exitCode = 1
}
