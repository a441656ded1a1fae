// The bundle, unpacked and started by itself: without rights, without anything else on the machine, and with the
// mistakes that a first deployment makes. BUNDLE: which one.
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

/** The server's answer, asked directly. */
async function ask(path, headers = {}) {
  const answer = await fetch(`http://127.0.0.1:${stack.instances[0].port}${path}`, { headers })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

test('everything is in it, and nothing that was not meant for it', () => {
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

test('it knows the files of its site by their hashed names, compressed beforehand', async () => {
  const page = await ask('/', { accept: 'text/html' })
  assert.equal(page.status, 200)
  const [script] = /\/pkg\/tic-tac-toe\.[\w-]{22}\.js/.exec(page.text) ?? assert.fail(page.text)
  const file = await ask(script, { 'accept-encoding': 'br' })
  assert.equal(file.status, 200)
  assert.equal(file.headers.get('content-encoding'), 'br')
  assert.match(file.headers.get('cache-control'), /immutable/)
})

const cannotBecome = process.getuid() !== 0 && 'only root can become somebody else'

test('it runs as somebody who may do nothing', { skip: cannotBecome }, () => {
  const status = readFileSync(`/proc/${stack.instances[0].child.pid}/status`, 'utf8')
  assert.match(status, /^Uid:\s+65534\s+65534/m)
  assert.match(status, /^Groups:\s*$/m)
  assert.match(status, /^CapEff:\s+0+$/m)
  assert.match(status, /^NoNewPrivs:\s+1$/m)
})

test('without its tables it says how to make them', async () => {
  const { status, stderr } = await server([], { TTT_TABLE_PREFIX: 'elsewhere-', PORT: '0' })
  assert.equal(status, 1)
  assert.match(stderr, /the table elsewhere-\w+ does not exist; .*`server tables create`/)
})

test('credentials are in no log and no error, however much is logged', async () => {
  const { status, stderr } = await server(['tables', 'describe'], { RUST_LOG: 'trace' })
  assert.equal(status, 0)
  assert.match(stderr, /TRACE/)
  const refused = await server(['tables', 'describe'], { RUST_LOG: 'trace', TTT_ENDPOINT: 'http://127.0.0.1:1' })
  assert.equal(refused.status, 1)
  for (const text of [stderr, refused.stderr]) assert.ok(!text.includes(SECRET_KEY))
})

/** Runs one of the server's commands to its end, which need not be a good one. */
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

// What the Dockerfile's last stage holds, and nothing else: as a root directory, with that user.
// Only root may choose the user, and only in a process namespace of their own may others have a /proc.
const OWN_ROOT =
  process.getuid() === 0
    ? ['--mount', '--mount-proc', '--setuid=65532', '--setgid=65532']
    : ['--mount', '--mount-proc', '--user', '--map-root-user', '--pid', '--fork', '--kill-child']
const skip =
  spawnSync('unshare', [...OWN_ROOT, 'true']).status !== 0 && 'this machine allows no root directory of its own (unshare)'

test('with nothing else on the machine it serves', { skip }, async (t) => {
  const root = imageRoot('serving', [])
  const environment = stack.environment({ PORT: '0' })
  const child = spawn('unshare', inRoot(root, []), { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  const [, port] = await new Promise((resolve, reject) => {
    let printed = ''
    const read = (chunk) => {
      const found = /listening on http:\/\/0\.0\.0\.0:(\d+)/.exec((printed += chunk))
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

test('the authorities that it trusts are the system\'s', { skip }, async (t) => {
  const secure = await secureEndpoint()
  t.after(() => secure.close())
  const environment = stack.environment({ TTT_ENDPOINT: `https://localhost:${secure.address().port}` })
  const describe = (root) => run('unshare', inRoot(root, ['tables', 'describe']), { env: environment })

  await t.test('without any it talks to nobody', async () => {
    const { status, stderr } = await describe(imageRoot('without', []))
    assert.equal(status, 1)
    assert.match(stderr, /does not answer/)
  })
  for (const [system, path] of Object.entries({
    'the image': '/etc/ssl/certs/ca-certificates.crt',
    'Amazon Linux 2023': '/etc/pki/tls/certs/ca-bundle.crt',
  })) {
    await t.test(`it finds them where ${system} has them`, async () => {
      const { status, stdout, stderr } = await describe(imageRoot(system.replaceAll(' ', '-'), [path]))
      assert.equal(status, 0, stderr)
      assert.match(stdout, /tic-tac-toe-Games/)
    })
  }
})

function inRoot(root, command) {
  return [...OWN_ROOT, `--root=${root}`, '--wd=/app', '--', '/app/server', ...command]
}

/** DynamoDB Local by HTTPS, with the tests' certificate. */
async function secureEndpoint() {
  const { hostname, port } = new URL(stack.endpoint)
  const tls = { cert: readFileSync(stack.certificate), key: readFileSync(stack.key) }
  const endpoint = https.createServer(tls, (request, answer) => {
    const { url: path, method, headers } = request
    const onward = http.request({ hostname, port, path, method, headers }, (from) => {
      answer.writeHead(from.statusCode, from.headers)
      from.pipe(answer)
    })
    request.pipe(onward)
  })
  endpoint.listen(0, '127.0.0.1')
  await once(endpoint, 'listening')
  return endpoint
}

/** A root directory with the bundle in /app and the tests' certificate as the only authority, in those files. */
function imageRoot(name, certificates) {
  const root = join(stack.folder, `root-${name}`)
  for (const folder of ['proc', 'etc']) mkdirSync(join(root, folder), { recursive: true })
  cpSync(stack.bundle, join(root, 'app'), { recursive: true })
  // Every container runtime puts that one there.
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n')
  for (const file of certificates) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    cpSync(stack.certificate, join(root, file))
  }
  return root
}
