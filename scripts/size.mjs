// Measures what `make build` built: the bytes of a first visit to a game's page, the time from the
// server's start to its first answer, and its memory when idle. Fails when a size is over its budget;
// times depend on the machine and are only printed.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { startServer } from './server.mjs'

const BUDGET = { bytes: 200_000, memory: 40_000_000, start: 300 }
/** How long the server is left alone before its memory is read, in milliseconds. */
const IDLE = 3000

/** One request. `bytes` is the length of the body on the wire, `body` the text it decodes to. */
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

/** A game's page and every style sheet, script and WebAssembly file that it leads to. */
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
    for (const { index, 1: link } of from.body.matchAll(/["'(]([^"'()\s]+\.(?:css|js|wasm)(?:\?[^"'()\s]*)?)["')]/g)) {
      const url = new URL(link, new URL(from.path, origin))
      // What a script imports by a call, or a style sheet that it names, it loads when it is needed: not on a first visit.
      const isForLater = from !== page && (link.endsWith('.css') || from.body.slice(0, index).endsWith('import('))
      if (url.origin !== origin || isForLater || found.has(url.pathname)) continue
      found.add(url.pathname)
      const file = await request(origin, url.pathname).catch((error) => {
        // A page links only what exists; a script's text may merely look like a link.
        if (from === page) throw error
      })
      if (!file) continue
      files.push(file)
      if (!url.pathname.endsWith('.wasm')) await follow(file)
    }
  }
  await follow(page)
  return files
}

/** Resident memory of a process in bytes, or undefined where the system does not say. */
function residentMemory(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
  } catch {
    return undefined
  }
}

let over = 0
function report(what, value, unit, budget, counts) {
  const ok = value <= budget
  if (!ok && counts) over += 1
  const verdict = ok ? 'ok' : counts ? 'OVER' : 'over'
  console.log(`  ${what.padEnd(44)} ${value.toFixed(1).padStart(8)} ${unit}   budget ${budget} ${unit}   ${verdict}`)
}

const began = performance.now()
const { server, origin, stop } = await startServer()
try {
  await request(origin, '/')
  const firstAnswer = performance.now() - began
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
    if (!kinds.has(kind)) throw new Error(`the page of a game links no .${kind} file; this measurement is wrong`)
  }
  report('together', files.reduce((sum, file) => sum + file.bytes, 0) / 1000, 'KB', BUDGET.bytes / 1000, true)
  console.log('Server, embedded database:')
  report('start to first answer', firstAnswer, 'ms', BUDGET.start, false)
  if (memory) report('memory when idle', memory / 1e6, 'MB', BUDGET.memory / 1e6, true)
} finally {
  await stop()
}
process.exitCode = over > 0 ? 1 : 0
