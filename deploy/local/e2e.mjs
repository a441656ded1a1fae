// Runs the end-to-end tests through nginx and two instances of the bundle: e2e.mjs ZIP [ARG OF `playwright test`]...
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SECRET_KEY, Stack } from './stack.mjs'

const [zip, ...arguments_] = process.argv.slice(2)
const stack = new Stack(resolve(zip))

async function playwright(...more) {
  const { folder, certificate, key, origin, httpOrigin, instances } = stack
  const deployed = {
    instances: instances.map(({ child, log, port }) => ({ origin: `http://127.0.0.1:${port}`, pid: child.pid, log })),
    httpUrl: httpOrigin,
    logs: readdirSync(folder)
      .filter((name) => name.endsWith('.log'))
      .map((name) => join(folder, name)),
    secret: SECRET_KEY,
  }
  const env = {
    ...process.env,
    BASE_URL: origin,
    DEPLOYED: JSON.stringify(deployed),
    NODE_EXTRA_CA_CERTS: certificate,
    TLS_CERTIFICATE: certificate,
    TLS_KEY: key,
  }
  const cwd = new URL('../../end2end', import.meta.url)
  const child = spawn('playwright', ['test', ...more], { cwd, env, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  return code === 0
}

let passed = false
try {
  await stack.start()
  console.log(`Testing ${stack.origin}, with logs in ${stack.folder}`)
  if (arguments_.length > 0) {
    passed = await playwright(...arguments_)
  } else {
    // The project "deployed" stops an instance, so it runs last.
    const suite = await playwright('--project', 'chromium', '--project', 'no-js')
    passed = (await playwright('--project', 'deployed')) && suite
  }
} catch (error) {
  console.error(`Error: ${error.message}`)
} finally {
  if (!passed) stack.printLogs()
  await stack.stop()
}
process.exit(passed ? 0 : 1)
