// Starts two instances of the bundle as AWS Elastic Beanstalk does, on DynamoDB Local and behind nginx with HTTPS.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = new URL('.', import.meta.url).pathname
/** The time in which a process must start to listen, in milliseconds. */
const START_TIMEOUT = 60_000

/** A secret that no log may contain. */
export const SECRET_KEY = 'a-secret-that-no-log-may-hold/K7MDENGbPxRfiCY'

/** The instances, nginx and DynamoDB Local. */
export class Stack {
  folder = mkdtempSync(join(tmpdir(), 'tic-tac-toe-deployed-'))
  bundle = join(this.folder, 'bundle')
  certificate = join(this.folder, 'certificate.pem')
  key = join(this.folder, 'key.pem')
  /** The latest first, which is the order in which they are stopped. */
  processes = []

  constructor(zip) {
    // The server's user must be able to read it.
    chmodSync(this.folder, 0o755)
    mkdirSync(this.bundle)
    execFileSync('unzip', ['-q', zip, '-d', this.bundle])
    execFileSync('chmod', ['-R', 'a-w', this.bundle])
  }

  /** Starts the database, two instances and nginx, and creates the tables. */
  async start() {
    const [https, http, database, ...ports] = await freePorts(7)
    this.origin = `https://localhost:${https}`
    this.httpOrigin = `http://localhost:${http}`
    this.endpoint = `http://127.0.0.1:${database}`
    await this.startDatabase(database)
    this.runServer(['tables', 'create'])
    const [server1, server2, nginx1, nginx2] = ports
    this.instances = [await this.startInstance(1, server1), await this.startInstance(2, server2)]
    this.makeCertificate()
    await this.startNginx({
      HTTPS_PORT: https,
      HTTP_PORT: http,
      SERVER_PORT_1: server1,
      SERVER_PORT_2: server2,
      INSTANCE_PORT_1: nginx1,
      INSTANCE_PORT_2: nginx2,
    })
  }

  /** Returns the environment variables that Elastic Beanstalk sets for the server, and no others. */
  environment(more = {}) {
    return {
      AWS_ACCESS_KEY_ID: 'AKIATICTACTOE',
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      TTT_ENDPOINT: this.endpoint,
      TTT_REGION: 'eu-central-1',
      TTT_TABLE_PREFIX: 'tic-tac-toe-',
      ...more,
    }
  }

  async startDatabase(port) {
    const folder = process.env.DYNAMODB_LOCAL_DIR
    const options = ['-Djava.library.path=DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar', '-disableTelemetry']
    this.spawn('dynamodb-local', 'java', [...options, '-inMemory', '-port', `${port}`], { cwd: folder })
    await listening(port)
  }

  /** Runs another command of the server to its end, and returns its output. */
  runServer(command, more = {}) {
    const options = { cwd: this.bundle, env: this.environment(more), encoding: 'utf8', stdio: 'pipe' }
    return execFileSync('./server', command, options)
  }

  async startInstance(number, port) {
    const [, command] = /^web: (.+)$/m.exec(readFileSync(join(this.bundle, 'Procfile'), 'utf8'))
    const env = this.environment({
      PORT: `${port}`,
      TTT_PUBLIC_URL: this.origin,
      TTT_TRUSTED_PROXY: '127.0.0.1/32',
      // All browsers of the tests share one address. The limits have tests of their own.
      TTT_RATE_LIMITS: 'off',
    })
    const [program, ...before] = withoutPrivileges()
    const instance = this.spawn(`instance-${number}`, program, [...before, '/bin/sh', '-c', `exec ${command}`], {
      cwd: this.bundle,
      env,
    })
    await printed(instance, /listening on http:\/\/0\.0\.0\.0:/)
    return { ...instance, port }
  }

  /** Creates a self-signed certificate for localhost. */
  makeCertificate() {
    const config = join(this.folder, 'openssl.cnf')
    writeFileSync(
      config,
      `[req]\ndistinguished_name = name\nx509_extensions = extensions\nprompt = no\n[name]\nCN = localhost\n` +
        `[extensions]\nsubjectAltName = DNS:localhost\nbasicConstraints = critical, CA:FALSE\n`,
    )
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const files = ['-config', config, '-keyout', this.key, '-out', this.certificate]
    execFileSync('openssl', ['req', ...kind, ...files], { stdio: 'pipe' })
  }

  async startNginx(ports) {
    const values = { ...ports, DIR: this.folder, BUNDLE: this.bundle }
    for (const name of ['nginx.conf', 'instance.conf', 'application.conf']) {
      const text = readFileSync(join(here, name), 'utf8').replace(/@([A-Z_0-9]+)@/g, (_, name) => values[name])
      writeFileSync(join(this.folder, name), text)
    }
    const log = join(this.folder, 'nginx-error.log')
    const program = process.env.NGINX_PROGRAM ?? 'nginx'
    this.spawn('nginx', program, ['-p', this.folder, '-c', join(this.folder, 'nginx.conf'), '-e', log])
    await listening(ports.HTTPS_PORT)
  }

  /** Starts a process whose output goes to a log file. */
  spawn(name, program, options, settings = {}) {
    const log = join(this.folder, `${name}.log`)
    const file = createWriteStream(log)
    const child = spawn(program, options, { ...settings, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.pipe(file, { end: false })
    child.stderr.pipe(file, { end: false })
    child.on('error', (error) => file.write(`${error}\n`))
    const started = { name, log, child }
    this.processes.unshift(started)
    return started
  }

  /** Prints the end of every log, to help find the cause of a failure. */
  printLogs() {
    for (const name of readdirSync(this.folder).filter((name) => name.endsWith('.log'))) {
      const lines = readFileSync(join(this.folder, name), 'utf8').trimEnd().split('\n')
      console.log(`--- ${name}\n${lines.slice(-20).join('\n')}`)
    }
  }

  async stop() {
    for (const { child } of this.processes) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      await ended
    }
    execFileSync('chmod', ['-R', 'u+w', this.folder])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Returns the command that runs another one as a user without privileges, which only root can do. */
function withoutPrivileges() {
  if (process.getuid() !== 0) {
    console.log('    (the server runs as this user, because only root can change it)')
    return ['/usr/bin/env']
  }
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups']
  return ['setpriv', ...nobody, '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all']
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}

/** Polls until a process listens on the port, for processes that do not report it. */
async function listening(port) {
  const until = Date.now() + START_TIMEOUT
  while (Date.now() < until) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
      socket.on('close', () => socket.destroy())
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`nothing listens on port ${port}`)
}

/** Waits until the process has printed a matching line. */
async function printed({ name, child }, pattern) {
  let output = ''
  await new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk
      if (pattern.test(output)) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', (code, signal) => reject(new Error(`${name} ended with ${code ?? signal}:\n${output}`)))
  })
}
