// What only shows where the server is deployed: two instances, each behind its nginx, and a load balancer that
// takes HTTPS. `make test-deploy` starts them (deploy/local) and runs all other tests through them first.
import { readFileSync } from 'node:fs'
import type { APIResponse, Response } from '@playwright/test'
import type { GameJson, SquareName } from '../fixtures/api'
import { deployed, type Instance } from '../fixtures/deployed'
import { startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

const stack = deployed()

function logOf(instance: Instance): string {
  return readFileSync(instance.log, 'utf8')
}

/** Which instance gave an answer: each logs the id that its answers carry. */
async function giver(answer: Response | APIResponse): Promise<Instance> {
  const id = answer.headers()['x-request-id'] ?? 'no id'
  let found: Instance | undefined
  await expect(() => {
    found = stack?.instances.find((instance) => logOf(instance).includes(id))
    expect(found, `who answered ${id}`).toBeDefined()
  }).toPass()
  return found as Instance
}

/** A move made at one instance itself, as the browser's owner. */
async function playAt({ origin }: Instance, player: Player, game: GameJson, square: SquareName, ply: number): Promise<void> {
  const cookies = await player.context.cookies()
  const answer = await fetch(`${origin}/api/v1/games/${game.game_id}/moves`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
    body: JSON.stringify({ square, ply }),
  })
  expect(answer.status, await answer.text()).toBe(200)
}

test('plain HTTP leads to the same page by HTTPS, but probes are answered', async ({ request, server }) => {
  const page = await request.get(`${stack?.httpUrl}/games/nowhere?from=mail`, { maxRedirects: 0 })
  expect(page.status()).toBe(308)
  expect(page.headers().location).toBe(`${server.url}/games/nowhere?from=mail`)
  for (const probe of ['/livez', '/readyz']) {
    const answer = await request.get(stack?.httpUrl + probe, { maxRedirects: 0 })
    expect(answer.status(), probe).toBe(200)
  }
})

test('browsers are told to stay with HTTPS, and get HTTP/2', async ({ host, page, server }) => {
  const answer = await page.goto('/')
  expect(await answer?.headerValue('strict-transport-security')).toMatch(/^max-age=\d{8}/)
  expect(await page.evaluate(() => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol)).toBe('h2')
  const [session, ...more] = await host.context.cookies(server.url)
  expect(more).toEqual([])
  expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax' })
})

test('what is written at one instance shows on a page of the other', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  const stream = host.page.waitForResponse((response) => response.url().includes('/events') && response.ok())
  await host.game.openLive(game.game_id)
  const here = await giver(await stream)
  const other = stack?.instances.find((instance) => instance !== here) as Instance

  await playAt(other, host, game, 'TopLeft', 0)
  await expect(host.game.square('TopLeft', 'O')).toBeVisible()
  await playAt(other, guest, game, 'MiddleMiddle', 1)
  await expect(host.game.status('Your turn')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
})

test('requests take turns at the instances, whoever sends them', async ({ guest, host, request }) => {
  const game = await startGame(host, guest)
  const givers: Instance[] = []
  for (let turn = 0; turn < 4; turn += 1) givers.push(await giver(await request.get(`/games/${game.game_id}`)))
  expect(new Set(givers).size).toBe(2)
})

test('an instance that is stopped in mid-game hands its page over to the other', async ({ host, guest, request }) => {
  const game = await startGame(host, guest)
  const stream = host.page.waitForResponse((response) => response.url().includes('/events') && response.ok())
  await host.game.openLive(game.game_id)
  await host.game.noteConnection()
  const stopped = await giver(await stream)
  await host.game.play('TopLeft')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  // As long as the load balancer still sends requests there.
  host.console.expectStatus(502, 503)
  host.console.expectConnectionLoss()

  process.kill(stopped.pid, 'SIGTERM')
  await expect.poll(() => isRunning(stopped), { timeout: 30_000 }).toBe(false)
  // The load balancer's health check: at each turn it asks the next instance.
  for (let turn = 0; turn < 4; turn += 1) expect((await request.get('/livez')).status()).toBe(200)

  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await host.game.play('TopMiddle')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' })
  // Never loaded anew.
  await host.game.connectionNotes()
})

function isRunning({ pid }: Instance): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('no log holds the secret key or tells of a panic', async () => {
  expect(stack?.logs).not.toEqual([])
  for (const file of stack?.logs ?? []) {
    const log = readFileSync(file, 'utf8')
    expect(log.includes(stack?.secret ?? ''), `the secret key in ${file}`).toBe(false)
    expect(log, file).not.toContain('panicked')
  }
  for (const instance of stack?.instances ?? []) expect(logOf(instance)).toContain('"answered"')
})
