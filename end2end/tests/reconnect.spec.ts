// Tests of lost connections: a page is up to date within 3 seconds of the connection's return, without a reload,
// and reports that it was disconnected and for how long.
import type { Locator } from '@playwright/test'
import { readDeployment } from '../fixtures/deployment'
import type { FaultProxy } from '../fixtures/fault-proxy'
import { playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'
import type { BasePage } from '../pages/base-page'

const PLAY = /\/actions\/play/
const LOAD_GAME = /\/actions\/load_game/
const LOAD_HOME = /\/actions\/load_home/
/** The messages during and after a disconnection. */
const DISCONNECTED = /^Connection lost, reconnecting… \d+ (s|min \d+ s)$/
const RECONNECTED = /^Connected again after \d+ (s|min \d+ s)\.$/

/** Asserts that the page reports the disconnection and its duration. */
async function expectDisconnected(page: BasePage): Promise<void> {
  await expect(page.connectionLost).toBeVisible()
  await expect(page.disconnectedTimer).toHaveText(/^\d+ (s|min \d+ s)$/)
}

/** Asserts that the page has reported the disconnection and its end, without a reload. */
async function expectReconnectReported(page: BasePage): Promise<void> {
  await expect(page.reconnected).toBeVisible()
  const messages = await page.connectionMessages()
  expect(messages.at(-1)).toMatch(RECONNECTED)
  expect(
    messages.filter((message) => DISCONNECTED.test(message)),
    messages.join('; '),
  ).not.toHaveLength(0)
}

/** Opens a game and records the page's messages about its connection. */
async function openAndRecord({ game }: Player, gameId: string): Promise<void> {
  await game.openLive(gameId)
  await game.recordConnectionMessages()
}

/**
 * Lets a minute pass on a hidden tab, and asserts that it has caught up. The test's minute is an instant, too short
 * for another instance's change to arrive behind a load balancer, so there the tab gets more of them.
 */
async function catchUp({ game, page }: Player, title: string): Promise<void> {
  const pass = async (options?: { timeout: number }) => {
    await page.clock.fastForward('01:00')
    await game.expectTitle(title, options)
  }
  if (readDeployment()) await expect(() => pass({ timeout: 1_000 })).toPass()
  else await pass()
}

test("a game's page recovers after being offline", async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await openAndRecord(host, game.game_id)
  host.console.expectConnectionLoss()

  await host.context.setOffline(true)
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await expectDisconnected(host.game)
  await host.game.expectBoard({ TopLeft: 'O' })

  await host.context.setOffline(false)
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectReconnectReported(host.game)
  // The notice disappears after some seconds.
  await expect(host.game.reconnected).toHaveCount(0)
})

test('a home page recovers after being offline', async ({ host, guest }) => {
  await guest.home.openLive()
  await guest.home.recordConnectionMessages()
  guest.console.expectConnectionLoss()

  await guest.context.setOffline(true)
  await host.api.invite(guest.name)
  await expectDisconnected(guest.home)
  await guest.home.expectInNoList(host.name)

  await guest.context.setOffline(false)
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible({ timeout: 3_000 })
  await guest.home.expectOnlyIn('Invitations', host.name)
  await expectReconnectReported(guest.home)
})

/** Tells the page that it has missed changes of its lists, as a restarted server does, and closes the stream. */
function missChanges(faultProxy: FaultProxy): void {
  faultProxy.sendAndEnd('lobby', { kind: 'stale' })
}

test('a home page recovers when the request for its missed changes fails', async ({ newPlayer, host, faultProxy }) => {
  const guest = await newPlayer({ as: 'guest', faultProxy })
  await guest.home.openLive()
  await guest.home.recordConnectionMessages()
  guest.console.expectConnectionLoss()

  const retried = guest.page.waitForResponse(LOAD_HOME)
  const lost = faultProxy.dropResponse(LOAD_HOME)
  missChanges(faultProxy)
  await lost
  await host.api.invite(guest.name)
  expect((await retried).ok()).toBe(true)
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible({ timeout: 3_000 })
  await guest.home.expectOnlyIn('Invitations', host.name)
  await guest.home.connectionMessages()
})

test('a home page recovers when the request for its missed changes hangs', async ({ newPlayer, host, faultProxy }) => {
  const guest = await newPlayer({ as: 'guest', faultProxy })
  await guest.home.openLive()
  await guest.home.recordConnectionMessages()
  guest.console.expectConnectionLoss()

  // The page makes another request once its next stream is open.
  const retried = guest.page.waitForResponse(LOAD_HOME)
  const withheld = faultProxy.withholdResponse(LOAD_HOME)
  missChanges(faultProxy)
  await withheld
  await host.api.invite(guest.name)
  expect((await retried).ok()).toBe(true)
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible({ timeout: 3_000 })
  await guest.home.expectOnlyIn('Invitations', host.name)
  await guest.home.connectionMessages()
})

test('a home page is connected again once its lists are right', async ({ newPlayer, host, faultProxy }) => {
  const guest = await newPlayer({ as: 'guest', faultProxy })
  await guest.home.openLive()
  await guest.home.recordConnectionMessages()
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await guest.page.route(LOAD_HOME, async (route) => {
    await released
    await route.continue()
  })

  const reopened = faultProxy.waitForStream()
  missChanges(faultProxy)
  await reopened
  await expectDisconnected(guest.home)
  await host.api.invite(guest.name)
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible()
  await expectDisconnected(guest.home)

  release()
  await expectReconnectReported(guest.home)
  await guest.home.expectOnlyIn('Invitations', host.name)
})

test('a page that reconnects reads nothing again', async ({ newPlayer, host, faultProxy }) => {
  const guest = await newPlayer({ as: 'guest', faultProxy })
  const game = await startGame(host, guest)
  await guest.home.openLive()
  const reads: string[] = []
  guest.page.on('request', (request) => {
    if (request.url().includes('/actions/')) reads.push(request.url())
  })

  const reopened = faultProxy.waitForStream()
  faultProxy.sendAndEnd('reconnect', {})
  await host.api.play(game.game_id, 'TopLeft', 0)
  await reopened
  const item = guest.home.list('Games in progress').item(host.name)
  await expect(item.getByText('Your turn', { exact: true })).toBeVisible()
  expect(reads).toEqual([])
})

test('an alert about the connection goes away with its return', async ({ newPlayer, guest, faultProxy }) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const other = await newPlayer({ sameAs: host, faultProxy })
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await other.home.openLive()
  const alert = "The server can't be reached"
  for (const player of [host, other]) player.console.expectConnectionLoss()

  await faultProxy.takeDown()
  await host.game.play('TopLeft')
  await other.home.invite(guest.name)
  await expect(host.game.alert(alert)).toBeVisible()
  await expect(other.home.alert(alert)).toBeVisible()
  await expectDisconnected(host.game)
  await expectDisconnected(other.home)
  await faultProxy.bringUp()
  await expect(other.home.reconnected).toBeVisible()
  await expect(other.home.alert(alert)).toHaveCount(0)
  await host.game.expectUpToDate({}, 'Your turn')
})

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`pages recover after a server restart by ${signal}`, async ({ host, guest, server }) => {
    test.skip(!server.isManaged, "an external server can't be stopped")
    const game = await startGame(host, guest)
    await host.api.play(game.game_id, 'TopLeft', 0)
    await openAndRecord(host, game.game_id)
    await guest.home.openLive()
    await guest.home.recordConnectionMessages()
    for (const player of [host, guest]) {
      player.console.expectConnectionLoss()
      // A server that is draining rejects new streams.
      if (signal === 'SIGTERM') player.console.expectStatus(503)
    }

    await server.stop(signal)
    await expectDisconnected(host.game)
    await expectDisconnected(guest.home)
    await host.game.expectBoard({ TopLeft: 'O' })

    await server.start()
    // The pages may not have reconnected yet.
    await guest.api.play(game.game_id, 'MiddleMiddle', 1)
    await Promise.all([
      host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn'),
      expect(guest.home.reconnected).toBeVisible({ timeout: 3_000 }),
    ])
    await expectReconnectReported(host.game)
    await expectReconnectReported(guest.home)
    // Both pages are live again, and both players are still logged in.
    await host.game.play('TopMiddle')
    const item = guest.home.list('Games in progress').item(host.name)
    await expect(item.getByText('Your turn', { exact: true })).toBeVisible()
  })
}

test('a page recovers when its stream is cut mid-event and the connection goes down', async ({
  newPlayer,
  guest,
  faultProxy,
}) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await openAndRecord(host, game.game_id)
  host.console.expectConnectionLoss()

  const cut = faultProxy.cutMidEvent({ thenTakeDown: true })
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await cut
  await expectDisconnected(host.game)
  // The page ignores the incomplete event.
  await host.game.expectBoard({ TopLeft: 'O' })

  await faultProxy.bringUp()
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectReconnectReported(host.game)
})

test('a page recovers when its stream is cut mid-event on a working connection', async ({
  newPlayer,
  guest,
  faultProxy,
}) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await openAndRecord(host, game.game_id)
  host.console.expectConnectionLoss()

  const cut = faultProxy.cutMidEvent()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await cut
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  // The page is live again.
  await playMoves(host, guest, game.game_id, ['TopMiddle', 'BottomRight'])
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O', BottomRight: 'X' }, 'Your turn')
  await host.game.connectionMessages()
})

test('a stalled stream is replaced', async ({ newPlayer, guest, faultProxy }) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await host.page.clock.install()
  await openAndRecord(host, game.game_id)

  faultProxy.stall()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.page.clock.fastForward('00:30')
  await expectDisconnected(host.game)
  // The duration counts from the last received data, not from the moment when the stall is detected.
  await expect(host.game.disconnectedTimer).toHaveText(/^3\d s$/)
  await host.game.expectBoard({ TopLeft: 'O' })

  faultProxy.endStall()
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectReconnectReported(host.game)
  await expect(host.game.reconnected).toHaveText(/after 3\d s/)
})

test('a hidden tab disconnects, and catches up once a minute', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.page.clock.install()
  await openAndRecord(host, game.game_id)
  const reads: string[] = []
  host.page.on('request', (request) => {
    if (LOAD_GAME.test(request.url())) reads.push(request.url())
  })

  // A browser has only six connections to a server for all tabs, so a tab gives up its stream after 30 seconds in the
  // background. Until then it receives changes.
  let streamEnded = host.game.waitForStreamEnd()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('00:15')
  await host.api.play(game.game_id, 'TopLeft', 0)
  await host.game.expectTitle(`Waiting for ${guest.name}`)
  await host.page.clock.fastForward('00:16')
  await streamEnded
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)

  // The tab connects for as long as it takes to receive the move.
  streamEnded = host.game.waitForStreamEnd()
  await catchUp(host, 'Your turn')
  await streamEnded
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  // So it does if there is nothing new.
  streamEnded = host.game.waitForStreamEnd()
  await host.page.clock.fastForward('01:00')
  await streamEnded
  // Another page of the player makes the next move.
  await playMoves(host, guest, game.game_id, ['TopMiddle'])
  await catchUp(host, `Waiting for ${guest.name}`)
  expect(reads).toEqual([])
  expect(await host.game.connectionMessages()).toEqual([])
})

test('a hidden tab is live when it is visible again', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.page.clock.install()
  await openAndRecord(host, game.game_id)
  const streamEnded = host.game.waitForStreamEnd()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('00:15')
  await host.api.play(game.game_id, 'TopLeft', 0)
  await host.game.expectBoard({ TopLeft: 'O' })
  await host.page.clock.fastForward('00:16')
  await streamEnded
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.page.clock.fastForward('00:40')

  await host.game.setVisibility('visible')
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expect(host.game.reconnected).toHaveText(/after 4\d s/)
  // The tab disconnected on purpose and reconnects at once, so it reports no loss.
  expect(await host.game.connectionMessages()).toEqual([expect.stringMatching(RECONNECTED)])
  // The page is live again.
  await host.game.play('TopMiddle')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  await guest.api.play(game.game_id, 'BottomRight', 3)
  await expect(host.game.square('BottomRight', 'X')).toBeVisible()
})

test('a hidden tab learns that its invitation was declined', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await host.page.clock.install()
  await host.game.openLive(game.game_id)
  const streamEnded = host.game.waitForStreamEnd()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('00:31')
  await streamEnded
  await guest.api.decline(game.game_id)
  await catchUp(host, 'This game no longer exists: the invitation was declined, cancelled or has expired.')
})

test('a hidden tab catches up on a bad connection when it is visible again', async ({
  newPlayer,
  guest,
  faultProxy,
}) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await host.page.clock.install()
  await openAndRecord(host, game.game_id)
  const streamEnded = host.game.waitForStreamEnd()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('00:31')
  await streamEnded
  await playMoves(host, guest, game.game_id, ['TopLeft', 'MiddleMiddle'])
  await host.page.clock.fastForward('00:40')

  faultProxy.stall()
  await host.game.setVisibility('visible')
  await expectDisconnected(host.game)
  await expect(host.game.disconnectedTimer).toHaveText(/^1 min \d+ s$/)
  await host.game.expectBoard({})
  faultProxy.endStall()
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectReconnectReported(host.game)
})

test('a stored move whose response is lost shows up after the connection returns', async ({
  newPlayer,
  guest,
  faultProxy,
}) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await openAndRecord(host, game.game_id)
  host.console.expectConnectionLoss()

  const lost = faultProxy.dropResponse(PLAY, { thenTakeDown: true })
  await host.game.play('TopLeft')
  await lost
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O' })
  await expect(host.game.alert("The server can't be reached")).toBeVisible()
  await expectDisconnected(host.game)
  // A retry while disconnected shows an error as well.
  await host.game.play('TopLeft')
  await expect(host.game.alert("The server can't be reached")).toBeVisible()

  await faultProxy.bringUp()
  await host.game.expectUpToDate({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
  await expectReconnectReported(host.game)
  expect(Object.keys((await guest.api.game(game.game_id)).board)).toEqual(['TopLeft'])
})

test('a stored move whose response is lost shows up at once on a working connection', async ({
  newPlayer,
  guest,
  faultProxy,
}) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await openAndRecord(host, game.game_id)
  host.console.expectConnectionLoss()

  const lost = faultProxy.dropResponse(PLAY)
  await host.game.play('TopLeft')
  await lost
  await host.game.expectUpToDate({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
  // The stream was never interrupted, so the page reports no disconnection.
  expect(await host.game.connectionMessages()).toEqual([])
  await host.game.pressDisabled('TopLeft', 'O')
  await expect(host.game.alert('It is not your turn')).toBeVisible()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
})

test('a stored move whose response is lost shows up despite a stalled stream', async ({
  newPlayer,
  guest,
  faultProxy,
}) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await openAndRecord(host, game.game_id)
  host.console.expectConnectionLoss()

  faultProxy.stall()
  const lost = faultProxy.dropResponse(PLAY)
  await host.game.play('TopLeft')
  await lost
  // The page reads the game again instead of relying on the stream.
  await host.game.expectUpToDate({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O' })
})

test('a stored move shows up when a gateway replaces its response', async ({ newPlayer, guest, faultProxy }) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await openAndRecord(host, game.game_id)
  host.console.expectStatus(504)

  // A stalled stream can't deliver the move first.
  faultProxy.stall()
  const reloaded = host.page.waitForRequest(LOAD_GAME)
  const replaced = faultProxy.replaceResponse(PLAY)
  await host.game.play('TopLeft')
  await replaced
  await reloaded
  await host.game.expectUpToDate({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
})

test('a move whose response never arrives does not block the game', async ({ newPlayer, guest, faultProxy }) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await openAndRecord(host, game.game_id)

  const withheld = faultProxy.withholdResponse(PLAY)
  await host.game.play('TopLeft')
  await withheld
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await host.game.play('TopMiddle')
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' }, `Waiting for ${guest.name}`)
})

test('a page reconnects without a message when its server is draining', async ({ newPlayer, guest, faultProxy }) => {
  const host = await newPlayer({ as: 'host', faultProxy })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await openAndRecord(host, game.game_id)

  const next = faultProxy.waitForStream()
  faultProxy.sendAndEnd('reconnect', {})
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await next
  await host.game.expectUpToDate({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  expect(await host.game.connectionMessages()).toEqual([])
})

for (const width of [320, 360, 1280]) {
  test(`the layout does not shift when the connection is lost and restored, ${width} pixels wide`, async ({
    newPlayer,
    guest,
    faultProxy,
  }) => {
    const size = { viewport: { width, height: 740 } }
    const host = await newPlayer({ as: 'host', faultProxy, browser: size })
    const other = await newPlayer({ sameAs: host, faultProxy, browser: size })
    const game = await startGame(host, guest)
    for (const player of [host, other]) await player.page.clock.install()
    await host.game.openLive(game.game_id)
    await other.home.openLive()
    const watched: [BasePage, Locator][] = [
      [host.game, host.game.board],
      [other.home, other.home.list('Invitations').region],
    ]
    const positions = () => Promise.all(watched.map(([, content]) => content.boundingBox()))
    const before = await positions()
    expect(before).not.toContain(null)
    for (const player of [host, other]) player.console.expectConnectionLoss()

    await faultProxy.takeDown()
    for (const [page] of watched) {
      await expectDisconnected(page)
      // The longest text of the timer.
      await page.page.clock.fastForward('58:40')
      await expect(page.disconnectedTimer).toHaveText(/^58 min \d+ s$/)
    }
    expect(await positions()).toEqual(before)
    for (const [page] of watched) await page.expectNoHorizontalOverflow()
    await faultProxy.bringUp()
    for (const [page] of watched) await expect(page.reconnected).toBeVisible()
    expect(await positions()).toEqual(before)
  })
}
