// Measures how long a move takes: until its player has the answer, and from then until the opponent's
// stream has it. Embedded database, one game after another, everything on this machine. Only prints.
import { startServer } from './server.mjs'

const GAMES = 40
/** Won by the host with the seventh move. */
const SQUARES = ['TopLeft', 'TopMiddle', 'MiddleMiddle', 'BottomRight', 'MiddleLeft', 'TopRight', 'BottomLeft']

const { origin, stop } = await startServer()

async function post(path, body, cookie = '') {
  const headers = { 'content-type': 'application/json', cookie }
  const answer = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

async function player(name) {
  const answer = await post('/api/v1/players', { name, password: 'long enough' })
  return answer.headers.get('set-cookie').split(';')[0]
}

/** A game's stream; `version(n)` resolves with the moment at which version n or a later one was there. */
async function follow(game) {
  const aborted = new AbortController()
  const answer = await fetch(`${origin}/api/v1/games/${game}/events`, { signal: aborted.signal })
  const seen = new Map()
  const waiting = new Map()
  const read = async () => {
    let text = ''
    for await (const chunk of answer.body) {
      const now = performance.now()
      text += new TextDecoder().decode(chunk)
      const events = text.split('\n\n')
      text = events.pop()
      for (const event of events) {
        const version = Number(/"version":(\d+)/.exec(event)?.[1])
        seen.set(version, now)
        waiting.get(version)?.(now)
      }
    }
  }
  read().catch(() => {})
  return {
    version: (n) => new Promise((resolve) => (seen.has(n) ? resolve(seen.get(n)) : waiting.set(n, resolve))),
    close: () => aborted.abort(),
  }
}

const answered = []
const shown = []
try {
  const [ada, bob] = [await player('ada'), await player('bob')]
  for (let n = 0; n < GAMES; n += 1) {
    const { game_id: game } = await (await post('/api/v1/games', { opponent: 'bob' }, ada)).json()
    await post(`/api/v1/games/${game}/accept`, {}, bob)
    const stream = await follow(game)
    await stream.version(2)
    for (const [ply, square] of SQUARES.entries()) {
      const began = performance.now()
      const answer = await post(`/api/v1/games/${game}/moves`, { square, ply }, ply % 2 ? bob : ada)
      const got = performance.now()
      const { version } = await answer.json()
      answered.push(got - began)
      shown.push((await stream.version(version)) - began)
    }
    stream.close()
  }
} finally {
  await stop()
}

function print(what, times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)
  console.log(`  ${what.padEnd(52)} median ${at(0.5)} ms   99 of 100 ${at(0.99)} ms   most ${at(1)} ms`)
}
console.log(`${answered.length} moves, embedded database:`)
print('from sending a move to its answer', answered)
print("from sending a move to the event on the other's stream", shown)
