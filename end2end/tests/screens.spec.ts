// Screenshots of every page, at both widths and in both colour schemes, for visual review.
import { join } from 'node:path'
import { finishGame, GAMES, playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

const FOLDER = process.env.SCREENS_DIR ?? 'test-results/screens'

test.describe.configure({ timeout: 120_000 })

async function takeScreenshots(name: string, { page }: Player): Promise<void> {
  for (const [width, height] of [
    [360, 740],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({
        path: join(FOLDER, `${name}-${width}-${colorScheme}.png`),
        fullPage: true,
        animations: 'disabled',
      })
    }
  }
}

test('every page', async ({ newPlayer }) => {
  const ada = await newPlayer({ as: 'ada' })
  const bob = await newPlayer({ as: 'bob' })

  await ada.home.open()
  await takeScreenshots('home-without-games', ada)

  await bob.api.invite(ada.name)
  const sent = await ada.api.invite('grace-hopper')
  await startGame(ada, bob)
  const mine = await startGame(ada, bob)
  await playMoves(ada, bob, mine.game_id, ['MiddleMiddle', 'TopLeft', 'TopRight', 'BottomLeft'])
  await ada.api.play((await startGame(ada, bob)).game_id, 'TopLeft', 0)
  const won = await finishGame(ada, bob)
  const lost = await finishGame(bob, ada)
  const drawn = await finishGame(ada, bob, GAMES.draw)

  await ada.home.open()
  await takeScreenshots('home', ada)
  const invitation = await bob.api.invite(ada.name)
  for (const [name, id] of [
    ['game-waiting', sent.game_id],
    ['game-invited', invitation.game_id],
    ['game', mine.game_id],
    ['game-won', won.game_id],
    ['game-lost', lost.game_id],
    ['game-drawn', drawn.game_id],
  ] as const) {
    await ada.game.open(id)
    await takeScreenshots(name, ada)
  }

  await ada.account.open()
  await takeScreenshots('account', ada)

  ada.console.expectStatus(404)
  await ada.page.goto('/nothing/here')
  await expect(ada.notFound.homeLink).toBeVisible()
  await takeScreenshots('not-found', ada)

  const visitor = await newPlayer({ registered: false })
  await visitor.login.open()
  await takeScreenshots('log-in', visitor)
  visitor.console.expectStatus(401)
  await visitor.login.logIn('nobody', 'not the password')
  await expect(visitor.login.alert('The name or the password is wrong')).toBeVisible()
  await takeScreenshots('log-in-refused', visitor)
})

test('the inspector and the guide', async ({ newPlayer, server }) => {
  test.skip(!server.isManaged, 'an external server may run without the inspector')
  const ada = await newPlayer({ as: 'ada' })
  const bob = await newPlayer({ as: 'bob' })
  for (let n = 0; n < 2; n += 1) await startGame(ada, bob)
  const game = await startGame(ada, bob)
  await ada.home.openLive()
  await ada.inspector.open()
  await takeScreenshots('under-the-hood-home', ada)

  await ada.game.openLive(game.game_id)
  await ada.inspector.expectOpen()
  await ada.inspector.setFault('answer-lost', true)
  await ada.game.play('MiddleMiddle')
  await expect(ada.inspector.requests.withTitle('Move')).toContainText('2 attempts')
  await bob.api.play(game.game_id, 'TopLeft', 1)
  await ada.inspector.setFault('answer-lost', false)
  await ada.inspector.race(3, 'TopRight')
  await expect(ada.inspector.raceResult).toBeVisible()
  await takeScreenshots('under-the-hood-game', ada)

  await ada.guide.open()
  const move = ada.guide.example('Makes the same move twice')
  await move.runButton.click()
  await expect(move.requests.rows).toHaveCount(2)
  await takeScreenshots('guide', ada)
  await ada.page.goto('/guide/source/games.rs#play')
  await takeScreenshots('guide-source', ada)
})

test('pages without a connection', async ({ newPlayer, faultProxy }) => {
  const bob = await newPlayer({ as: 'bob' })
  const ada = await newPlayer({ as: 'ada', faultProxy })
  const tab = await newPlayer({ sameAs: ada, faultProxy })
  const game = await startGame(ada, bob)
  await playMoves(ada, bob, game.game_id, ['MiddleMiddle', 'TopLeft'])
  // A mocked clock keeps temporary messages visible for all screenshots.
  for (const player of [ada, tab]) await player.page.clock.install()
  await ada.game.openLive(game.game_id)
  await tab.home.openLive()
  for (const player of [ada, tab]) player.console.expectConnectionLoss()

  await faultProxy.takeDown()
  for (const [name, player] of [
    ['game', ada],
    ['home', tab],
  ] as const) {
    await expect(player[name].connectionLost).toBeVisible()
    await player.page.clock.fastForward('01:04')
    await expect(player[name].disconnectedTimer).toHaveText(/^1 min/)
    await takeScreenshots(`${name}-connection-lost`, player)
  }
  await faultProxy.bringUp()
  for (const [name, player] of [
    ['game', ada],
    ['home', tab],
  ] as const) {
    await expect(player[name].reconnected).toBeVisible()
    await player.page.clock.pauseAt(await player.page.evaluate(() => Date.now() + 100))
  }
  for (const [name, player] of [
    ['game', ada],
    ['home', tab],
  ] as const) {
    await takeScreenshots(`${name}-connected-again`, player)
  }
})
