// Measures the duration of a move: until its player has the response, and until the event arrives on the opponent's
// stream. It uses the embedded database and plays one game after another, all on this machine.
import { startServer } from '../start-server.mjs'

const GAMES = 40
/** The host wins with the seventh move. */
const SQUARES = ['TopLeft', 'TopMiddle', 'MiddleMiddle', 'BottomRight', 'MiddleLeft', 'TopRight', 'BottomLeft']

const { origin, stop } = await startServer()

async function post(path, body, cookie = '') {
  const headers = { 'content-type': 'application/json', cookie }
  const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

async function player(name) {
  const response = await post('/api/v1/players', { name, password: 'long enough' })
  return response.headers.get('set-cookie').split(';')[0]
}

/** Opens a game's stream. `version(n)` resolves with the time at which version n arrived. */
async function follow(game) {
  const controller = new AbortController()
  const response = await fetch(`${origin}/api/v1/games/${game}/events`, { signal: controller.signal })
  const seen = new Map()
  const waiting = new Map()
  const read = async () => {
    let text = ''
    for await (const chunk of response.body) {
      const now = performance.now()
      text += new TextDecoder().decode(chunk)
      const blocks = text.split('\n\n')
      text = blocks.pop()
      for (const event of blocks) {
        const version = Number(/"version":(\d+)/.exec(event)?.[1])
        seen.set(version, now)
        waiting.get(version)?.(now)
      }
    }
  }
  read().catch(() => {})
  return {
    version: (n) => new Promise((resolve) => (seen.has(n) ? resolve(seen.get(n)) : waiting.set(n, resolve))),
    close: () => controller.abort(),
  }
}

const responses = []
const events = []
try {
  const [ada, bob] = [await player('ada'), await player('bob')]
  for (let n = 0; n < GAMES; n += 1) {
    const { game_id: game } = await (await post('/api/v1/games', { opponent: 'bob' }, ada)).json()
    await post(`/api/v1/games/${game}/accept`, {}, bob)
    const stream = await follow(game)
    await stream.version(2)
    for (const [ply, square] of SQUARES.entries()) {
      const began = performance.now()
      const response = await post(`/api/v1/games/${game}/moves`, { square, ply }, ply % 2 ? bob : ada)
      const responded = performance.now()
      const { version } = await response.json()
      responses.push(responded - began)
      events.push((await stream.version(version)) - began)
    }
    stream.close()
  }
} finally {
  await stop()
}

function print(name, times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)
  console.log(`  ${name.padEnd(52)} median ${at(0.5)} ms   p99 ${at(0.99)} ms   max ${at(1)} ms`)
}
console.log(`${responses.length} moves, embedded database:`)
print('from sending a move to its response', responses)
print("from sending a move to the opponent's event", events)
