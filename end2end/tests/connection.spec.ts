import { startGame } from '../fixtures/games'
import { expect, test } from '../fixtures/test'

test('a server that is killed and started again in mid-game', async ({ host, guest, server }) => {
  test.skip(!server.isOurs, 'the server at BASE_URL is not ours to kill')
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
  // What is shown stays shown.
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await host.game.play('TopMiddle')
  await expect(host.game.alert('The server can\'t be reached')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })

  await server.start()
  for (const player of [host, guest]) {
    await expect(player.game.connectionLost).toHaveCount(0)
    await player.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  }
  // They are still logged in, and the game goes on, live.
  await host.game.play('TopMiddle')
  await expect(guest.game.square('TopMiddle', 'O')).toBeVisible()
  await expect(guest.game.status('Your turn')).toBeVisible()
  await guest.game.play('BottomRight')
  await expect(host.game.status('Your turn')).toBeVisible()
  await host.game.play('TopRight')
  await expect(host.game.status('You won')).toBeVisible()
  await expect(guest.game.status('You lost')).toBeVisible()
})

test('a server that is stopped in the usual way comes back with everything', async ({ host, guest, server }) => {
  test.skip(!server.isOurs, 'the server at BASE_URL is not ours to stop')
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await guest.home.openLive()
  host.console.expectConnectionLoss()
  guest.console.expectConnectionLoss()
  // Open streams don't keep it from ending.
  await server.stop('SIGTERM')
  await expect(host.game.connectionLost).toBeVisible()
  await expect(guest.home.connectionLost).toBeVisible()
  await server.start()
  await expect(host.game.connectionLost).toHaveCount(0)
  await expect(guest.home.connectionLost).toHaveCount(0)
  await host.game.play('TopLeft')
  await expect(guest.home.list('Games in progress').item(host.name).getByText('Your turn', { exact: true })).toBeVisible()
})

test('a browser that is offline for a while catches up', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await host.game.play('TopLeft')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()

  host.console.expectConnectionLoss()
  await host.context.setOffline(true)
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await expect(host.game.connectionLost).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O' })

  await host.context.setOffline(false)
  await expect(host.game.connectionLost).toHaveCount(0)
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await expect(host.game.status('Your turn')).toBeVisible()
})

test('a home page that was offline shows what it missed', async ({ host, guest }) => {
  await guest.home.openLive()
  guest.console.expectConnectionLoss()
  await guest.context.setOffline(true)
  await host.api.invite(guest.name)
  await expect(guest.home.connectionLost).toBeVisible()
  await guest.context.setOffline(false)
  await expect(guest.home.connectionLost).toHaveCount(0)
  await guest.home.expectOnlyIn('Invitations', host.name)
})

test('a tab that was hidden is right when it shows again', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.page.clock.install()
  await host.game.openLive(game.game_id)

  // Hidden for long, it gives its connection back: a browser has only six for all tabs.
  const streamEnded = host.game.streamEnded()
  await host.game.setVisibility('hidden')
  await host.page.clock.fastForward('01:00')
  await streamEnded
  await host.api.play(game.game_id, 'TopLeft', 0)
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)

  await host.game.setVisibility('visible')
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await expect(host.game.status('Your turn')).toBeVisible()
  await expect(host.game.connectionLost).toHaveCount(0)
  // And it is live again.
  await host.game.play('TopMiddle')
  await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  await guest.api.play(game.game_id, 'BottomRight', 3)
  await expect(host.game.square('BottomRight', 'X')).toBeVisible()
})

test('going back in the browser shows the page as it is now', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.open(game.game_id)
  await host.home.open()
  await host.api.play(game.game_id, 'TopLeft', 0)
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await host.page.goBack()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await expect(host.game.status('Your turn')).toBeVisible()
})
