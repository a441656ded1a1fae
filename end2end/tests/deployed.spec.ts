// Tests of a deployment: two instances, each behind its own nginx, and a load balancer that terminates HTTPS.
// `make test-deploy` starts them (deploy/local) and runs all other tests through them first.
import { readFileSync } from 'node:fs'
import type { APIResponse, Response } from '@playwright/test'
import type { GameJson, SquareName } from '../fixtures/api'
import { type Instance, readDeployment } from '../fixtures/deployment'
import { startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

const deployment = readDeployment()

function readLog(instance: Instance): string {
  return readFileSync(instance.log, 'utf8')
}

/** The instance that sent a response. Each instance logs the request ids of its responses. */
async function respondingInstance(response: Response | APIResponse): Promise<Instance> {
  const id = response.headers()['x-request-id'] ?? 'no id'
  let found: Instance | undefined
  await expect(() => {
    found = deployment?.instances.find((instance) => readLog(instance).includes(id))
    expect(found, `the instance that responded to ${id}`).toBeDefined()
  }).toPass()
  return found as Instance
}

/** Makes a move through one instance, with the player's session. */
async function playThrough(
  { origin }: Instance,
  player: Player,
  game: GameJson,
  square: SquareName,
  ply: number,
): Promise<void> {
  const cookies = await player.context.cookies()
  const response = await fetch(`${origin}/api/v1/games/${game.game_id}/moves`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    },
    body: JSON.stringify({ square, ply }),
  })
  expect(response.status, await response.text()).toBe(200)
}

test('pages redirect from plain HTTP to HTTPS, and the API rejects it', async ({ request, server }) => {
  const page = await request.get(`${deployment?.httpUrl}/games/nowhere?from=mail`, { maxRedirects: 0 })
  expect(page.status()).toBe(308)
  expect(page.headers().location).toBe(`${server.url}/games/nowhere?from=mail`)
  // A redirect would hide that the password was sent in the clear.
  const credentials = { name: 'ada', password: 'correct horse' }
  const api = await request.post(`${deployment?.httpUrl}/api/v1/session`, { data: credentials, maxRedirects: 0 })
  expect(api.status()).toBe(403)
  expect(await api.json()).toMatchObject({ code: 'https_required' })
  for (const probe of ['/livez', '/readyz']) {
    const response = await request.get(deployment?.httpUrl + probe, { maxRedirects: 0 })
    expect(response.status(), probe).toBe(200)
  }
})

test('responses enforce HTTPS and use HTTP/2, and the session cookie is secure', async ({ host, page, server }) => {
  const response = await page.goto('/')
  expect(await response?.headerValue('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  expect(
    await page.evaluate(
      () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol,
    ),
  ).toBe('h2')
  const [session, ...more] = await host.context.cookies(server.url)
  expect(more).toEqual([])
  expect(session).toMatchObject({ name: '__Host-session', secure: true, httpOnly: true, sameSite: 'Lax' })
})

test('a write through one instance appears on pages of the other', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  const stream = host.page.waitForResponse((response) => response.url().includes('/events') && response.ok())
  await host.game.openLive(game.game_id)
  const own = await respondingInstance(await stream)
  const other = deployment?.instances.find((instance) => instance !== own) as Instance

  await playThrough(other, host, game, 'TopLeft', 0)
  await expect(host.game.square('TopLeft', 'O')).toBeVisible()
  await playThrough(other, guest, game, 'MiddleMiddle', 1)
  await expect(host.game.status('Your turn')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
})

test('the load balancer alternates between the instances', async ({ guest, host, request }) => {
  const game = await startGame(host, guest)
  const instances: Instance[] = []
  for (let turn = 0; turn < 4; turn += 1)
    instances.push(await respondingInstance(await request.get(`/games/${game.game_id}`)))
  expect(new Set(instances).size).toBe(2)
})

test('a page reconnects to the other instance when its own is stopped', async ({ host, guest, request }) => {
  const game = await startGame(host, guest)
  const stream = host.page.waitForResponse((response) => response.url().includes('/events') && response.ok())
  await host.game.openLive(game.game_id)
  await host.game.recordConnectionMessages()
  const stopped = await respondingInstance(await stream)
  await host.game.play('TopLeft')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  // The load balancer may still route requests to the stopped instance.
  host.console.expectStatus(502, 503)
  host.console.expectConnectionLoss()

  process.kill(stopped.pid, 'SIGTERM')
  await expect.poll(() => isRunning(stopped), { timeout: 30_000 }).toBe(false)
  // These requests alternate between the instances, so the load balancer notices the stopped one.
  for (let turn = 0; turn < 4; turn += 1) expect((await request.get('/livez')).status()).toBe(200)

  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await host.game.play('TopMiddle')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' })
  // Fails if the page was reloaded.
  await host.game.connectionMessages()
})

function isRunning({ pid }: Instance): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('no log contains the secret key or a panic', async () => {
  expect(deployment?.logs).not.toEqual([])
  for (const file of deployment?.logs ?? []) {
    const log = readFileSync(file, 'utf8')
    expect(log.includes(deployment?.secret ?? ''), `the secret key in ${file}`).toBe(false)
    expect(log, file).not.toContain('panicked')
  }
  for (const instance of deployment?.instances ?? []) expect(readLog(instance)).toContain('"answered"')
})
