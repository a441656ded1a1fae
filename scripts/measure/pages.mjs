// Compares the cost of a page between builds of the server: pages.mjs ZIP SERVER... Each server renders the log-in page
// for 16 connections at once. The result is CPU time, because wall time depends on the machine's other load.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import { resolve } from 'node:path'
import { Stack } from '../../deploy/local/stack.mjs'

const PAGES = 20_000
const CONNECTIONS = 16
/** The unit of CPU time in Linux's /proc. */
const TICKS_PER_SECOND = 100

const [zip, ...servers] = process.argv.slice(2)
const stack = new Stack(resolve(zip))
try {
  await stack.start()
  for (const program of servers) await measure(resolve(program))
} finally {
  await stack.stop()
}

async function measure(program) {
  const env = stack.environment({ RUST_LOG: 'warn' })
  const options = ['--database', 'aws', '--listen', '127.0.0.1:0', '--rate-limits', 'off']
  const server = spawn(program, options, { cwd: stack.bundle, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [, origin] = await new Promise((listening) => {
    let printed = ''
    server.stdout.on('data', (chunk) => {
      printed += chunk
      const found = /listening on (\S+)/.exec(printed)
      if (found) listening(found)
    })
  })
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const page = () =>
    new Promise((done, failed) => {
      http
        .get(origin, { agent, headers: { accept: 'text/html' } }, (response) => response.resume().on('end', done))
        .on('error', failed)
    })
  const many = (count) =>
    Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        for (let n = 0; n < count / CONNECTIONS; n += 1) await page()
      }),
    )
  await many(PAGES / 10)
  const [before, began] = [cpuSeconds(server.pid), performance.now()]
  await many(PAGES)
  const [cpu, wall] = [cpuSeconds(server.pid) - before, (performance.now() - began) / 1000]
  const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]
  console.log(
    `${program}\n  ${((cpu / PAGES) * 1e6).toFixed(0)} µs of CPU a page, ${(PAGES / wall).toFixed(0)} pages/s, ` +
      `${(memory / 1000).toFixed(0)} MB at most`,
  )
  agent.destroy()
  server.kill('SIGINT')
  await once(server, 'exit')
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
