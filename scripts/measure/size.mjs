// Measures the build: the bytes of a first visit to a game's page, the time from the server's start to its first
// response, and its memory when idle. Fails if a size exceeds its budget. Times depend on the machine, so they do not fail.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startServer } from '../start-server.mjs'

/** In bytes and milliseconds. docs/decisions/browser-size.md has the reasons for the first. */
const BUDGET = { bytes: 275_000, memory: 40_000_000, start: 300 }
/** The idle time before the measurement of memory, in milliseconds. */
const IDLE = 3000

/** Sends a request. `bytes` is the length of the response's body as sent, `body` its decoded text. */
function request(origin, path, { method = 'GET', json, cookie } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'br, gzip', accept: 'text/html,*/*' }
    if (json) headers['content-type'] = 'application/json'
    if (cookie) headers.cookie = cookie
    const sent = http.request(new URL(path, origin), { method, headers }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('end', () => {
        const wire = Buffer.concat(chunks)
        const encoding = response.headers['content-encoding'] ?? 'none'
        const body = encoding === 'br' ? brotliDecompressSync(wire) : encoding === 'gzip' ? gunzipSync(wire) : wire
        if (response.statusCode >= 400) reject(new Error(`${method} ${path}: ${response.statusCode} ${body}`))
        else resolve({ path, bytes: wire.length, encoding, body: body.toString(), headers: response.headers })
      })
    })
    sent.on('error', reject)
    sent.end(json && JSON.stringify(json))
  })
}

/** Requests a game's page and every style sheet, script, font and WebAssembly file that it loads. */
async function firstVisit(origin) {
  const register = (name) =>
    request(origin, '/api/v1/players', { method: 'POST', json: { name, password: 'long enough' } })
  const cookie = (await register('size-host')).headers['set-cookie'][0].split(';')[0]
  await register('size-guest')
  const game = JSON.parse(
    (await request(origin, '/api/v1/games', { method: 'POST', json: { opponent: 'size-guest' }, cookie })).body,
  )
  const page = await request(origin, `/games/${game.game_id}`, { cookie })
  const files = [page]
  const found = new Set()
  const follow = async (from) => {
    for (const { index, 1: link } of from.body.matchAll(
      /["'(]([^"'()\s]+\.(?:css|js|wasm|woff2)(?:\?[^"'()\s]*)?)["')]/g,
    )) {
      const url = new URL(link, new URL(from.path, origin))
      // A script loads dynamic imports and its style sheets only on demand, so they are not part of a first visit.
      const isForLater = from !== page && (link.endsWith('.css') || from.body.slice(0, index).endsWith('import('))
      if (url.origin !== origin || isForLater || found.has(url.pathname)) continue
      found.add(url.pathname)
      const file = await request(origin, url.pathname).catch((error) => {
        // A page's links must work. In a script, a text may only look like a link.
        if (from === page) throw error
      })
      if (!file) continue
      files.push(file)
      if (!/\.(?:wasm|woff2)$/.test(url.pathname)) await follow(file)
    }
  }
  await follow(page)
  return files
}

/** Returns the resident memory of a process in bytes, or undefined if the system does not provide it. */
function residentMemory(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
  } catch {
    return undefined
  }
}

let exceeded = 0
/** Prints a value and its budget. If `fails`, exceeding the budget fails the script. */
function report(name, value, unit, budget, fails) {
  const ok = value <= budget
  if (!ok && fails) exceeded += 1
  const verdict = ok ? 'ok' : fails ? 'EXCEEDED' : 'exceeded'
  console.log(`  ${name.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit}   budget ${budget} ${unit}   ${verdict}`)
}

const began = performance.now()
const { server, origin, stop } = await startServer()
try {
  await request(origin, '/')
  const firstResponse = performance.now() - began
  await new Promise((resolve) => setTimeout(resolve, IDLE))
  const memory = residentMemory(server.pid)
  const files = await firstVisit(origin)
  console.log('First visit to a game page, as sent:')
  for (const file of files) {
    const name = file === files[0] ? 'HTML' : file.path
    console.log(`  ${name.padEnd(44)} ${(file.bytes / 1000).toFixed(1).padStart(8)} KB   ${file.encoding}`)
  }
  const kinds = new Set(files.slice(1).map((file) => file.path.split('.').pop()))
  for (const kind of ['css', 'js', 'wasm']) {
    if (!kinds.has(kind)) throw new Error(`the game's page loads no .${kind} file, so this measurement is incomplete`)
  }
  report('total', files.reduce((sum, file) => sum + file.bytes, 0) / 1000, 'KB', BUDGET.bytes / 1000, true)
  console.log('Server, embedded database:')
  report('start to first response', firstResponse, 'ms', BUDGET.start, false)
  if (memory) report('memory when idle', memory / 1e6, 'MB', BUDGET.memory / 1e6, true)
} finally {
  await stop()
}
process.exitCode = exceeded > 0 ? 1 : 0
