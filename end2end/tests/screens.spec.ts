// Pictures of every page at both widths and in both colour schemes, for people to look at.
import { join } from 'node:path'
import { GAMES, finishGame, playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

const FOLDER = process.env.SCREENS_DIR ?? 'test-results/screens'

test.describe.configure({ timeout: 120_000 })

async function takePictures(name: string, { page }: Player): Promise<void> {
  for (const [width, height] of [[360, 740], [1280, 800]] as const) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: join(FOLDER, `${name}-${width}-${colorScheme}.png`), fullPage: true, animations: 'disabled' })
    }
  }
}

test('every page', async ({ newPlayer }) => {
  const ada = await newPlayer({ as: 'ada' })
  const bob = await newPlayer({ as: 'bob' })

  await ada.home.open()
  await takePictures('home-without-games', ada)

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
  await takePictures('home', ada)
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
    await takePictures(name, ada)
  }

  ada.console.expectStatus(404)
  await ada.page.goto('/nothing/here')
  await expect(ada.notFound.homeLink).toBeVisible()
  await takePictures('not-found', ada)

  const visitor = await newPlayer({ registered: false })
  await visitor.login.open()
  await takePictures('log-in', visitor)
  visitor.console.expectStatus(401)
  await visitor.login.logIn('nobody', 'not the password')
  await expect(visitor.login.alert('The name or the password is wrong')).toBeVisible()
  await takePictures('log-in-refused', visitor)
})

test('under the hood, and the guide', async ({ newPlayer, server }) => {
  test.skip(!server.isOurs, 'what is not ours may be without them')
  const ada = await newPlayer({ as: 'ada' })
  const bob = await newPlayer({ as: 'bob' })
  for (let n = 0; n < 2; n += 1) await startGame(ada, bob)
  const game = await startGame(ada, bob)
  await ada.home.openLive()
  await ada.hood.open()
  await takePictures('under-the-hood-home', ada)

  await ada.game.openLive(game.game_id)
  await ada.hood.expectOpen()
  await ada.hood.setFault('answer-lost', true)
  await ada.game.play('MiddleMiddle')
  await expect(ada.hood.requests.of('Move')).toContainText('2 attempts')
  await bob.api.play(game.game_id, 'TopLeft', 1)
  await ada.hood.setFault('answer-lost', false)
  await ada.hood.race(3, 'TopRight')
  await expect(ada.hood.raceResult).toBeVisible()
  await takePictures('under-the-hood-game', ada)

  await ada.guide.open()
  const move = ada.guide.box('Makes the same move twice')
  await move.runButton.click()
  await expect(move.answer.rows).toHaveCount(2)
  await takePictures('guide', ada)
  await ada.page.goto('/guide/source/games.rs#play')
  await takePictures('guide-source', ada)
})

test('pages without a connection', async ({ newPlayer, line }) => {
  const bob = await newPlayer({ as: 'bob' })
  const ada = await newPlayer({ as: 'ada', through: line })
  const tab = await newPlayer({ sameAs: ada, through: line })
  const game = await startGame(ada, bob)
  await playMoves(ada, bob, game.game_id, ['MiddleMiddle', 'TopLeft'])
  // So that what is said for a while stays for all pictures.
  for (const player of [ada, tab]) await player.page.clock.install()
  await ada.game.openLive(game.game_id)
  await tab.home.openLive()
  for (const player of [ada, tab]) player.console.expectConnectionLoss()

  await line.takeDown()
  for (const [name, player] of [['game', ada], ['home', tab]] as const) {
    await expect(player[name].connectionLost).toBeVisible()
    await player.page.clock.fastForward('01:04')
    await expect(player[name].timeWithoutConnection).toHaveText(/^1 min/)
    await takePictures(`${name}-connection-lost`, player)
  }
  await line.putUp()
  for (const [name, player] of [['game', ada], ['home', tab]] as const) {
    await expect(player[name].connectedAgain).toBeVisible()
    await player.page.clock.pauseAt(await player.page.evaluate(() => Date.now() + 100))
  }
  for (const [name, player] of [['game', ada], ['home', tab]] as const) {
    await takePictures(`${name}-connected-again`, player)
  }
})
