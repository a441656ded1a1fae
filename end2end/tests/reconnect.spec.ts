// A page whose line fails is right again within 3 seconds of the line's return, without being loaded
// anew, and has said that it was disconnected and for how long.
import type { Locator } from '@playwright/test'
import type { FaultProxy } from '../fixtures/fault-proxy'
import { playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'
import type { AnyPage } from '../pages/page'

const PLAY = /\/actions\/play/
const LOAD_GAME = /\/actions\/load_game/
const LOAD_HOME = /\/actions\/load_home/
/** What the page says while it is disconnected, and after. */
const LOST = /^Connection lost, reconnecting… \d+ (s|min \d+ s)$/
const AGAIN = /^Connected again after \d+ (s|min \d+ s)\.$/

/** Asserts that the page says that it is disconnected, and counts. */
async function expectLost(page: AnyPage): Promise<void> {
  await expect(page.connectionLost).toBeVisible()
  await expect(page.timeWithoutConnection).toHaveText(/^\d+ (s|min \d+ s)$/)
}

/** Asserts that the page was told of the loss and of its end, and was never loaded anew. */
async function expectToHaveTold(page: AnyPage): Promise<void> {
  await expect(page.connectedAgain).toBeVisible()
  const notes = await page.connectionNotes()
  expect(notes.at(-1)).toMatch(AGAIN)
  expect(notes.filter((note) => LOST.test(note)), notes.join('; ')).not.toHaveLength(0)
}

/** Opens the game of a player and begins to note what it says of its connection. */
async function follow({ game }: Player, gameId: string): Promise<void> {
  await game.openLive(gameId)
  await game.noteConnection()
}

test('offline and back', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await follow(host, game.game_id)
  host.console.expectConnectionLoss()

  await host.context.setOffline(true)
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await expectLost(host.game)
  await host.game.expectBoard({ TopLeft: 'O' })

  await host.context.setOffline(false)
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectToHaveTold(host.game)
  // What was said goes by itself.
  await expect(host.game.connectedAgain).toHaveCount(0)
})

test('a home page, offline and back', async ({ host, guest }) => {
  await guest.home.openLive()
  await guest.home.noteConnection()
  guest.console.expectConnectionLoss()

  await guest.context.setOffline(true)
  await host.api.invite(guest.name)
  await expectLost(guest.home)
  await guest.home.expectNowhere(host.name)

  await guest.context.setOffline(false)
  await expect(guest.home.list('Invitations').openLink(host.name)).toBeVisible({ timeout: 3_000 })
  await guest.home.expectOnlyIn('Invitations', host.name)
  await expectToHaveTold(guest.home)
})

/** Makes a home page lose an invitation on its way, and connect again. */
async function loseInvitation(host: Player, guest: Player, line: FaultProxy): Promise<void> {
  const cut = line.cutInMidEvent()
  await host.api.invite(guest.name)
  await cut
}

test('a home page that can\'t read its lists at once when it is connected again', async ({ newPlayer, host, line }) => {
  const guest = await newPlayer({ as: 'guest', through: line })
  await guest.home.openLive()
  await guest.home.noteConnection()
  guest.console.expectConnectionLoss()

  const lost = line.loseAnswer(LOAD_HOME)
  await loseInvitation(host, guest, line)
  await lost
  await expect(guest.home.list('Invitations').openLink(host.name)).toBeVisible({ timeout: 3_000 })
  await guest.home.expectOnlyIn('Invitations', host.name)
  await guest.home.connectionNotes()
})

test('a home page whose reading hangs on a dead line when it is connected again', async ({ newPlayer, host, line }) => {
  const guest = await newPlayer({ as: 'guest', through: line })
  await guest.home.openLive()
  await guest.home.noteConnection()
  guest.console.expectConnectionLoss()

  const withheld = line.withholdAnswer(LOAD_HOME)
  line.sayAndEnd('reconnect', {})
  await withheld
  await loseInvitation(host, guest, line)
  await expect(guest.home.list('Invitations').openLink(host.name)).toBeVisible({ timeout: 3_000 })
  await guest.home.expectOnlyIn('Invitations', host.name)
  await guest.home.connectionNotes()
})

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`a server that is restarted, by ${signal}`, async ({ host, guest, server }) => {
    test.skip(!server.isOurs, 'the server at BASE_URL is not ours to stop')
    const game = await startGame(host, guest)
    await host.api.play(game.game_id, 'TopLeft', 0)
    await follow(host, game.game_id)
    await guest.home.openLive()
    await guest.home.noteConnection()
    for (const player of [host, guest]) {
      player.console.expectConnectionLoss()
      // While it drains, a server takes no new streams.
      if (signal === 'SIGTERM') player.console.expectStatus(503)
    }

    await server.stop(signal)
    await expectLost(host.game)
    await expectLost(guest.home)
    await host.game.expectBoard({ TopLeft: 'O' })

    await server.start()
    // Before the pages are back, perhaps.
    await guest.api.play(game.game_id, 'MiddleMiddle', 1)
    await Promise.all([
      host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn'),
      expect(guest.home.connectedAgain).toBeVisible({ timeout: 3_000 }),
    ])
    await expectToHaveTold(host.game)
    await expectToHaveTold(guest.home)
    // Both are live again, and still logged in.
    await host.game.play('TopMiddle')
    const item = guest.home.list('Games in progress').item(host.name)
    await expect(item.getByText('Your turn', { exact: true })).toBeVisible()
  })
}

test('a stream that is cut in the middle of an event, and the line down with it', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await follow(host, game.game_id)
  host.console.expectConnectionLoss()

  const cut = line.cutInMidEvent({ andGoDown: true })
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await cut
  await expectLost(host.game)
  // Nothing was made of half an event.
  await host.game.expectBoard({ TopLeft: 'O' })

  await line.putUp()
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectToHaveTold(host.game)
})

test('a stream that is cut in the middle of an event on a line that works', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await follow(host, game.game_id)
  host.console.expectConnectionLoss()

  const cut = line.cutInMidEvent()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await cut
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  // It is live again.
  await playMoves(host, guest, game.game_id, ['TopMiddle', 'BottomRight'])
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O', BottomRight: 'X' }, 'Your turn')
  await host.game.connectionNotes()
})

test('a stale stream, open but silent, is replaced', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await host.page.clock.install()
  await follow(host, game.game_id)

  line.silence()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.page.clock.fastForward('00:30')
  await expectLost(host.game)
  // Counted from the last sign of life, not from when the silence was noticed.
  await expect(host.game.timeWithoutConnection).toHaveText(/^3\d s$/)
  await host.game.expectBoard({ TopLeft: 'O' })

  line.endSilence()
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectToHaveTold(host.game)
  await expect(host.game.connectedAgain).toHaveText(/after 3\d s/)
})

test('a tab that was asleep for a while', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.page.clock.install()
  await follow(host, game.game_id)

  // Hidden for long, it gives its connection back: a browser has only six for all tabs. Until then it
  // hears of what happens.
  const streamEnded = host.game.streamEnded()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('00:15')
  await host.api.play(game.game_id, 'TopLeft', 0)
  await host.game.expectBoard({ TopLeft: 'O' })
  await host.page.clock.fastForward('00:16')
  await streamEnded
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.page.clock.fastForward('01:00:00')
  await host.game.expectBoard({ TopLeft: 'O' })

  await host.game.setVisibility('visible')
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expect(host.game.connectedAgain).toHaveText('Connected again after 1 h 0 min.')
  // It was on purpose and is over at once: no word of a loss.
  expect(await host.game.connectionNotes()).toEqual(['Connected again after 1 h 0 min.'])
  // And it is live again.
  await host.game.play('TopMiddle')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  await guest.api.play(game.game_id, 'BottomRight', 3)
  await expect(host.game.square('BottomRight', 'X')).toBeVisible()
})

test('a tab that was asleep and wakes on a bad line', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await host.page.clock.install()
  await follow(host, game.game_id)
  const streamEnded = host.game.streamEnded()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('00:31')
  await streamEnded
  await playMoves(host, guest, game.game_id, ['TopLeft', 'MiddleMiddle'])
  await host.page.clock.fastForward('02:00')

  line.silence()
  await host.game.setVisibility('visible')
  await expectLost(host.game)
  await expect(host.game.timeWithoutConnection).toHaveText(/^2 min \d+ s$/)
  await host.game.expectBoard({})
  line.endSilence()
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await expectToHaveTold(host.game)
})

test('an answer that is lost after the move was stored, and the line with it', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await follow(host, game.game_id)
  host.console.expectConnectionLoss()

  const lost = line.loseAnswer(PLAY, { andGoDown: true })
  await host.game.play('TopLeft')
  await lost
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O' })
  await expect(host.game.alert('The server can\'t be reached')).toBeVisible()
  await expectLost(host.game)
  // Trying again changes nothing, but is not passed over in silence.
  await host.game.play('TopLeft')
  await expect(host.game.alert('The server can\'t be reached')).toBeVisible()

  await line.putUp()
  await host.game.expectRightSoon({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
  await expectToHaveTold(host.game)
  expect(Object.keys((await guest.api.game(game.game_id)).board)).toEqual(['TopLeft'])
})

test('an answer that is lost after the move was stored, on a line that works', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await follow(host, game.game_id)
  host.console.expectConnectionLoss()

  const lost = line.loseAnswer(PLAY)
  await host.game.play('TopLeft')
  await lost
  await host.game.expectRightSoon({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
  // Nothing was wrong with the connection, and nothing is said of it.
  expect(await host.game.connectionNotes()).toEqual([])
  await host.game.press('TopLeft', 'O')
  await expect(host.game.alert('It is not your turn')).toBeVisible()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
})

test('an answer that is lost, and a stream that has fallen silent', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await follow(host, game.game_id)
  host.console.expectConnectionLoss()

  line.silence()
  const lost = line.loseAnswer(PLAY)
  await host.game.play('TopLeft')
  await lost
  // The page asks how the game stands, rather than trust the stream.
  await host.game.expectRightSoon({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O' })
})

test('an answer that is lost, and a gateway that says so in its own words', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await follow(host, game.game_id)
  host.console.expectStatus(504)

  // The stream is silent so that it does not tell first.
  line.silence()
  const noted = host.page.waitForRequest(LOAD_GAME)
  const replaced = line.replaceAnswer(PLAY)
  await host.game.play('TopLeft')
  await replaced
  await noted
  await host.game.expectRightSoon({ TopLeft: 'O' }, `Waiting for ${guest.name}`)
})

test('a player need not wait for an answer that never comes', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await follow(host, game.game_id)

  const withheld = line.withholdAnswer(PLAY)
  await host.game.play('TopLeft')
  await withheld
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  await host.game.play('TopMiddle')
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' }, `Waiting for ${guest.name}`)
})

test('a server that is about to stop hands its pages over without a word', async ({ newPlayer, guest, line }) => {
  const host = await newPlayer({ as: 'host', through: line })
  const game = await startGame(host, guest)
  await host.api.play(game.game_id, 'TopLeft', 0)
  await follow(host, game.game_id)

  const next = line.nextStream()
  line.sayAndEnd('reconnect', {})
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await next
  await host.game.expectRightSoon({ TopLeft: 'O', MiddleMiddle: 'X' }, 'Your turn')
  expect(await host.game.connectionNotes()).toEqual([])
})

for (const width of [320, 360, 1280]) {
  test(`nothing jumps when the connection goes and comes, ${width} pixels wide`, async ({ newPlayer, guest, line }) => {
    const size = { viewport: { width, height: 740 } }
    const host = await newPlayer({ as: 'host', through: line, browser: size })
    const other = await newPlayer({ sameAs: host, through: line, browser: size })
    const game = await startGame(host, guest)
    for (const player of [host, other]) await player.page.clock.install()
    await host.game.openLive(game.game_id)
    await other.home.openLive()
    const watched: [AnyPage, Locator][] = [
      [host.game, host.game.board],
      [other.home, other.home.list('Invitations').region],
    ]
    const places = () => Promise.all(watched.map(([, content]) => content.boundingBox()))
    const before = await places()
    expect(before).not.toContain(null)
    for (const player of [host, other]) player.console.expectConnectionLoss()

    await line.takeDown()
    for (const [page] of watched) {
      await expectLost(page)
      // As long as the text may become.
      await page.page.clock.fastForward('58:40')
      await expect(page.timeWithoutConnection).toHaveText(/^58 min \d+ s$/)
    }
    expect(await places()).toEqual(before)
    for (const [page] of watched) await page.expectToFitTheWidth()
    await line.putUp()
    for (const [page] of watched) await expect(page.connectedAgain).toBeVisible()
    expect(await places()).toEqual(before)
  })
}
