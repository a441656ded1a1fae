// Tests of the bundle in isolation: without privileges, without any other file on the machine, and with the mistakes of
// a first deployment. BUNDLE is its path.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SECRET_KEY, Stack } from './stack.mjs'

let stack
before(async () => {
  stack = new Stack(process.env.BUNDLE)
  await stack.start()
})
after(() => stack.stop())

/** Requests a path from the server directly, without a proxy. */
async function get(path, headers = {}) {
  const response = await fetch(`http://127.0.0.1:${stack.instances[0].port}${path}`, { headers })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('the bundle contains exactly the expected files', () => {
  assert.deepEqual(readdirSync(stack.bundle).toSorted(), [
    'LICENSE',
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'Procfile',
    'hash.txt',
    'server',
    'site',
  ])
  assert.equal(statSync(join(stack.bundle, 'server')).mode & 0o777, 0o555)
  assert.equal(statSync(join(stack.bundle, 'Procfile')).mode & 0o777, 0o444)
})

test('the server serves the compressed site under hashed names', async () => {
  const page = await get('/', { accept: 'text/html' })
  assert.equal(page.status, 200)
  const [script] = /\/pkg\/tic-tac-toe\.[\w-]{22}\.js/.exec(page.text) ?? assert.fail(page.text)
  const file = await get(script, { 'accept-encoding': 'br' })
  assert.equal(file.status, 200)
  assert.equal(file.headers.get('content-encoding'), 'br')
  assert.match(file.headers.get('cache-control'), /immutable/)
})

const notRoot = process.getuid() !== 0 && 'only root can start a process as another user'

test('the server runs without privileges', { skip: notRoot }, () => {
  const status = readFileSync(`/proc/${stack.instances[0].child.pid}/status`, 'utf8')
  assert.match(status, /^Uid:\s+65534\s+65534/m)
  assert.match(status, /^Groups:\s*$/m)
  assert.match(status, /^CapEff:\s+0+$/m)
  assert.match(status, /^NoNewPrivs:\s+1$/m)
})

test('without tables, the server names the command that creates them', async () => {
  const { status, stderr } = await server([], { TTT_TABLE_PREFIX: 'elsewhere-', PORT: '0' })
  assert.equal(status, 1)
  assert.match(stderr, /the table elsewhere-\w+ does not exist; .*`server tables create`/)
})

test('no log and no error contains the credentials, at any log level', async () => {
  const { status, stderr } = await server(['tables', 'describe'], { RUST_LOG: 'trace' })
  assert.equal(status, 0)
  assert.match(stderr, /TRACE/)
  const failed = await server(['tables', 'describe'], { RUST_LOG: 'trace', TTT_ENDPOINT: 'http://127.0.0.1:1' })
  assert.equal(failed.status, 1)
  for (const text of [stderr, failed.stderr]) assert.ok(!text.includes(SECRET_KEY))
})

/** Runs a command of the server to its end, successful or not. */
function server(command, more) {
  return run('./server', command, { cwd: stack.bundle, env: stack.environment(more) })
}

async function run(program, options, settings) {
  const child = spawn(program, options, { ...settings, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
  const printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => (printed[stream] += chunk))
  const [status] = await once(child, 'close')
  return { status, ...printed }
}

// A root directory with the contents of the Dockerfile's last stage, and its user. Only root can choose the user, and
// other users can mount /proc only in a process namespace of their own.
const UNSHARE =
  process.getuid() === 0
    ? ['--mount', '--mount-proc', '--setuid=65532', '--setgid=65532']
    : ['--mount', '--mount-proc', '--user', '--map-root-user', '--pid', '--fork', '--kill-child']
const skip =
  spawnSync('unshare', [...UNSHARE, 'true']).status !== 0 &&
  'this machine does not allow a root directory of its own (unshare)'

test('the server works without any other file', { skip }, async (t) => {
  const root = imageRoot('serving', [])
  const environment = stack.environment({ PORT: '0' })
  const child = spawn('unshare', inRoot(root, []), { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  const [, port] = await new Promise((resolve, reject) => {
    let printed = ''
    const read = (chunk) => {
      printed += chunk
      const found = /listening on http:\/\/0\.0\.0\.0:(\d+)/.exec(printed)
      if (found) resolve(found)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', () => reject(new Error(printed)))
  })
  const page = await fetch(`http://127.0.0.1:${port}/`)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /\/pkg\/tic-tac-toe\.[\w-]{22}\.css/)
})

test("the server trusts the system's certificate authorities", { skip }, async (t) => {
  const secure = await secureEndpoint()
  t.after(() => secure.close())
  const environment = stack.environment({ TTT_ENDPOINT: `https://localhost:${secure.address().port}` })
  const describe = (root) => run('unshare', inRoot(root, ['tables', 'describe']), { env: environment })

  await t.test('without any, it connects to nothing', async () => {
    const { status, stderr } = await describe(imageRoot('without', []))
    assert.equal(status, 1)
    assert.match(stderr, /does not respond/)
  })
  for (const [system, path] of Object.entries({
    'the image': '/etc/ssl/certs/ca-certificates.crt',
    'Amazon Linux 2023': '/etc/pki/tls/certs/ca-bundle.crt',
  })) {
    await t.test(`it finds those of ${system}`, async () => {
      const { status, stdout, stderr } = await describe(imageRoot(system.replaceAll(' ', '-'), [path]))
      assert.equal(status, 0, stderr)
      assert.match(stdout, /tic-tac-toe-Games/)
    })
  }
})

function inRoot(root, command) {
  return [...UNSHARE, `--root=${root}`, '--wd=/app', '--', '/app/server', ...command]
}

/** Starts a proxy that offers DynamoDB Local over HTTPS, with the tests' certificate. */
async function secureEndpoint() {
  const { hostname, port } = new URL(stack.endpoint)
  const tls = { cert: readFileSync(stack.certificate), key: readFileSync(stack.key) }
  const endpoint = https.createServer(tls, (request, response) => {
    const { url: path, method, headers } = request
    const forwarded = http.request({ hostname, port, path, method, headers }, (upstream) => {
      response.writeHead(upstream.statusCode, upstream.headers)
      upstream.pipe(response)
    })
    request.pipe(forwarded)
  })
  endpoint.listen(0, '127.0.0.1')
  await once(endpoint, 'listening')
  return endpoint
}

/** Creates a root directory with the bundle in /app and the tests' certificate in the given files, as the only authority. */
function imageRoot(name, certificates) {
  const root = join(stack.folder, `root-${name}`)
  for (const folder of ['proc', 'etc']) mkdirSync(join(root, folder), { recursive: true })
  cpSync(stack.bundle, join(root, 'app'), { recursive: true })
  // Every container runtime adds this file.
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n')
  for (const file of certificates) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    cpSync(stack.certificate, join(root, file))
  }
  return root
}
