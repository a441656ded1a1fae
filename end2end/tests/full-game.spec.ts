import { GAMES } from '../fixtures/games'
import { expect, test } from '../fixtures/test'

test('two new players create accounts and play a game', async ({ newPlayer }) => {
  const host = await newPlayer({ as: 'host', registered: false })
  const guest = await newPlayer({ as: 'guest', registered: false })

  await host.login.open()
  await host.login.createAccount(host.name, host.password)
  await host.home.expectShown()

  // The invited name has no account yet, so the invitation waits.
  await host.home.invite(guest.name)
  const gameId = await host.game.gameId()
  await expect(host.game.title(host.name, guest.name)).toBeVisible()
  await expect(host.game.status(`Waiting for ${guest.name} to accept`)).toBeVisible()
  await expect(host.game.statusWord('PENDING')).toBeVisible()
  await expect(host.page.getByText(gameId)).toBeVisible()
  await expect(host.game.noAccountNotice(guest.name)).toBeVisible()

  await guest.login.open()
  await guest.login.createAccount(guest.name, guest.password)
  await guest.home.expectOnlyIn('Invitations', host.name)
  await guest.home.list('Invitations').gameLink(host.name).click()
  await expect(guest.game.status(`${host.name} invited you`)).toBeVisible()
  await guest.game.acceptButton.click()

  // The host's page follows live.
  for (const player of [host, guest]) {
    await expect(player.game.statusWord('IN_PROGRESS')).toBeVisible()
    await player.game.expectBoard({})
  }
  await expect(host.game.status('Your turn')).toBeVisible()
  await expect(guest.game.status(`Waiting for ${host.name}`)).toBeVisible()

  for (const [ply, square] of GAMES.hostWins.entries()) {
    const [mover, other, mark] = ply % 2 === 0 ? ([host, guest, 'O'] as const) : ([guest, host, 'X'] as const)
    await expect(mover.game.status('Your turn')).toBeVisible()
    await mover.game.play(square)
    for (const player of [mover, other]) await expect(player.game.square(square, mark)).toBeVisible()
  }

  await expect(host.game.status('You won')).toBeVisible()
  await expect(guest.game.status('You lost')).toBeVisible()
  for (const player of [host, guest]) {
    await expect(player.game.statusWord('FINISHED')).toBeVisible()
    await player.game.expectBoard({ TopLeft: 'O', TopMiddle: 'O', TopRight: 'O', MiddleLeft: 'X', MiddleMiddle: 'X' })
    await player.home.open()
  }
  await host.home.expectOnlyIn('Recent history', guest.name)
  await expect(host.home.list('Recent history').outcome(guest.name, 'Win')).toBeVisible()
  await guest.home.expectOnlyIn('Recent history', host.name)
  await expect(guest.home.list('Recent history').outcome(host.name, 'Loss')).toBeVisible()
})

for (const { result, moves, host: forHost, guest: forGuest } of [
  { result: 'won by the guest', moves: GAMES.guestWins, host: ['You lost', 'Loss'], guest: ['You won', 'Win'] },
  { result: 'drawn', moves: GAMES.draw, host: ['Draw', 'Draw'], guest: ['Draw', 'Draw'] },
] as const) {
  test(`a game ${result} shows its result to each player`, async ({ host, guest }) => {
    await host.home.open()
    await host.home.invite(guest.name)
    const gameId = await host.game.gameId()
    await guest.home.open()
    await guest.home.list('Invitations').button(host.name, 'Accept').click()
    await guest.game.gameId()

    for (const [ply, square] of moves.entries()) {
      const [mover, mark] = ply % 2 === 0 ? ([host, 'O'] as const) : ([guest, 'X'] as const)
      await expect(mover.game.status('Your turn')).toBeVisible()
      await mover.game.play(square)
      await expect(mover.game.square(square, mark)).toBeVisible()
    }

    for (const [player, other, [status, outcome]] of [
      [host, guest, forHost],
      [guest, host, forGuest],
    ] as const) {
      await expect(player.game.status(status)).toBeVisible()
      await expect(player.game.statusWord('FINISHED')).toBeVisible()
      await player.home.open()
      await player.home.expectOnlyIn('Recent history', other.name)
      await expect(player.home.list('Recent history').outcome(other.name, outcome)).toBeVisible()
      // The link in the history opens the game.
      await player.home.list('Recent history').gameLink(other.name).click()
      expect(await player.game.gameId()).toBe(gameId)
      await expect(player.game.status(status)).toBeVisible()
    }
  })
}
