// A server on a free port with an empty embedded database, for measuring it.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname

/** Starts it; resolves as soon as it listens, with the process, its address, and how to stop it. */
export async function startServer() {
  const data = mkdtempSync(join(tmpdir(), 'tic-tac-toe-'))
  const server = spawn(
    join(root, process.env.SERVER_BIN ?? 'target/release/server'),
    ['serve', '--listen', '127.0.0.1:0', '--data-dir', data, '--database', 'embedded', '--rate-limits', 'off'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
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
    server.kill('SIGINT')
    await new Promise((resolve) => (server.exitCode === null ? server.on('exit', resolve) : resolve()))
    rmSync(data, { recursive: true, force: true })
  }
  return { server, origin, stop }
}
