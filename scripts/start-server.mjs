// Starts a server on a free port with an embedded database, for measurements and demonstrations.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname

/** The path of the server's program. */
export const serverProgram = join(root, process.env.SERVER_BIN ?? 'target/release/server')

/**
 * Starts a server and waits until it listens. Returns its process, its address and a function that stops it. The
 * database is in the directory `data`. Without `data`, it is empty and temporary.
 */
export async function startServer({ data } = {}) {
  const folder = data ?? mkdtempSync(join(tmpdir(), 'tic-tac-toe-'))
  const server = spawn(
    serverProgram,
    ['serve', '--listen', '127.0.0.1:0', '--data-dir', folder, '--database', 'embedded', '--rate-limits', 'off'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  // Whatever ends this process, the server ends too.
  process.on('exit', () => server.kill())
  let output = ''
  const origin = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk
      const found = /listening on (http:\/\/[\d.]+:\d+)/i.exec(output)
      if (found) resolve(found[1])
    }
    server.stdout.on('data', read)
    server.stderr.on('data', read)
    server.on('error', reject)
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
  })
  server.removeAllListeners('exit')
  const stop = async () => {
    const isRunning = server.exitCode === null && server.signalCode === null
    server.kill('SIGINT')
    if (isRunning) await new Promise((resolve) => server.on('exit', resolve))
    if (!data) rmSync(folder, { recursive: true, force: true })
  }
  return { server, origin, stop }
}
