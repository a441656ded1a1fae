import { startGame } from '../fixtures/games'
import { expect, test } from '../fixtures/test'

test('a game continues after its server is killed and restarted', async ({ host, guest, server }) => {
  test.skip(!server.isManaged, "an external server can't be killed")
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await guest.game.openLive(game.game_id)
  await host.game.play('TopLeft')
  await expect(guest.game.status('Your turn')).toBeVisible()
  await guest.game.play('MiddleMiddle')
  await expect(host.game.status('Your turn')).toBeVisible()

  host.console.expectConnectionLoss()
  guest.console.expectConnectionLoss()
  await server.stop('SIGKILL')
  for (const player of [host, guest]) await expect(player.game.connectionLost).toBeVisible()
  // The page keeps the last known board.
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await host.game.play('TopMiddle')
  await expect(host.game.alert("The server can't be reached")).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })

  await server.start()
  for (const player of [host, guest]) {
    await expect(player.game.connectionLost).toHaveCount(0)
    await player.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  }
  // Both players are still logged in, and their pages are live again.
  await host.game.play('TopMiddle')
  await expect(guest.game.square('TopMiddle', 'O')).toBeVisible()
  await expect(guest.game.status('Your turn')).toBeVisible()
  await guest.game.play('BottomRight')
  await expect(host.game.status('Your turn')).toBeVisible()
  await host.game.play('TopRight')
  await expect(host.game.status('You won')).toBeVisible()
  await expect(guest.game.status('You lost')).toBeVisible()
})

test('going back in the browser shows the current game', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.open(game.game_id)
  await host.home.open()
  await host.api.play(game.game_id, 'TopLeft', 0)
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.page.goBack()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await expect(host.game.status('Your turn')).toBeVisible()
})
