import { finishGame, GAMES, playMoves, startGame } from '../fixtures/games'
import { synchronizeRequests } from '../fixtures/request-barrier'
import { expect, test } from '../fixtures/test'

test('the page and the server reject a move to a taken square', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await playMoves(host, guest, game.game_id, ['TopLeft', 'MiddleMiddle'])
  await host.game.openLive(game.game_id)
  host.console.expectStatus(409)

  await host.game.pressDisabled('TopLeft', 'O')
  await expect(host.game.alert('That square is taken')).toBeVisible()
  await host.game.pressDisabled('MiddleMiddle', 'X')
  await expect(host.game.alert('That square is taken')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })

  expect(await host.api.playRejected(game.game_id, 'MiddleMiddle', 2)).toMatchObject({
    code: 'square_taken',
    status: 409,
  })

  // The next move clears the error.
  await host.game.play('TopMiddle')
  await expect(host.game.square('TopMiddle', 'O')).toBeVisible()
  await expect(host.game.alert('That square is taken')).toHaveCount(0)
})

test('a move without a session shows an error', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  host.console.expectStatus(401)
  // The API client shares the browser's session, so this ends it as another tab would.
  await host.api.logOut()
  await host.game.play('TopLeft')
  await expect(host.game.alert('You are not logged in')).toBeVisible()
  await host.game.expectBoard({})
})

test('the page and the server reject a move out of turn', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await guest.game.openLive(game.game_id)
  guest.console.expectStatus(409)

  await guest.game.pressDisabled('TopLeft', 'empty')
  await expect(guest.game.alert('It is not your turn')).toBeVisible()
  await guest.game.expectBoard({})
  expect(await guest.api.playRejected(game.game_id, 'TopLeft', 0)).toMatchObject({ code: 'not_your_turn', status: 409 })

  // Once it is the guest's turn, the move succeeds.
  await host.api.play(game.game_id, 'TopLeft', 0)
  await expect(guest.game.status('Your turn')).toBeVisible()
  await guest.game.play('MiddleMiddle')
  await expect(guest.game.square('MiddleMiddle', 'X')).toBeVisible()
})

test("a game can't be played before it is accepted or after it ends", async ({ host, guest }) => {
  const pending = await host.api.invite(guest.name)
  await host.game.openLive(pending.game_id)
  host.console.expectStatus(409)
  await host.game.pressDisabled('TopLeft', 'empty')
  await expect(host.game.alert('This game is not in progress')).toBeVisible()

  await guest.api.accept(pending.game_id)
  // The alert is about the invitation, so it goes away.
  await host.game.expectUpToDate({}, 'Your turn')
  await playMoves(host, guest, pending.game_id, GAMES.hostWins)
  await expect(host.game.status('You won')).toBeVisible()
  await host.game.pressDisabled('BottomRight', 'empty')
  await expect(host.game.alert('This game is not in progress')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', TopMiddle: 'O', TopRight: 'O', MiddleLeft: 'X', MiddleMiddle: 'X' })
})

test('anyone with the link can watch a game but not change it', async ({ host, guest, visitor, newPlayer }) => {
  const third = await newPlayer({ as: 'third' })
  const game = await host.api.invite(guest.name)
  for (const watcher of [third, visitor]) {
    await watcher.game.openLive(game.game_id)
    await expect(watcher.game.title(host.name, guest.name)).toBeVisible()
    await expect(watcher.game.status(`Waiting for ${guest.name} to accept`)).toBeVisible()
    for (const button of [watcher.game.acceptButton, watcher.game.declineButton, watcher.game.cancelButton]) {
      await expect(button).toHaveCount(0)
    }
  }

  await guest.api.accept(game.game_id)
  third.console.expectStatus(403)
  visitor.console.expectStatus(401)
  for (const watcher of [third, visitor]) {
    await expect(watcher.game.status(`${host.name} to move`)).toBeVisible()
    await watcher.game.pressDisabled('TopLeft', 'empty')
  }
  await expect(third.game.alert('This is reserved for another player')).toBeVisible()
  await expect(visitor.game.alert('You are not logged in')).toBeVisible()
  expect(await third.api.playRejected(game.game_id, 'TopLeft', 0)).toMatchObject({ code: 'not_your_game', status: 403 })
  expect(await visitor.api.playRejected(game.game_id, 'TopLeft', 0)).toMatchObject({
    code: 'not_logged_in',
    status: 401,
  })

  // Watchers see every move and the result.
  for (const square of GAMES.hostWins) {
    const { board } = await playMoves(host, guest, game.game_id, [square])
    for (const watcher of [third, visitor]) await watcher.game.expectBoard(board)
  }
  for (const watcher of [third, visitor]) await expect(watcher.game.status(`${host.name} won`)).toBeVisible()
  // A watched game is in none of the watcher's lists.
  await third.home.open()
  await third.home.expectInNoList(host.name)
})

test('two tabs of one player stay in sync', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  const tab = await host.openSecondTab(game.game_id)

  await host.game.play('TopLeft')
  await expect(tab.square('TopLeft', 'O')).toBeVisible()
  await expect(tab.status(`Waiting for ${guest.name}`)).toBeVisible()
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await expect(tab.status('Your turn')).toBeVisible()
  await tab.play('TopMiddle')
  await expect(host.game.square('TopMiddle', 'O')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' })
})

test('of two simultaneous moves by one player, one succeeds and the other shows an error', async ({
  host,
  guest,
  newPlayer,
}) => {
  const sameHost = await newPlayer({ sameAs: host })
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await sameHost.game.openLive(game.game_id)
  host.console.expectStatus(409)
  sameHost.console.expectStatus(409)

  await synchronizeRequests([host.page, sameHost.page], /\/actions\/play/)
  await Promise.all([host.game.play('TopLeft'), sameHost.game.play('BottomRight')])

  const error = 'The board has changed since you saw it'
  await expect
    .poll(async () => [await host.game.alert(error).count(), await sameHost.game.alert(error).count()].sort())
    .toEqual([0, 1])
  const { board } = await guest.api.game(game.game_id)
  expect([{ TopLeft: 'O' }, { BottomRight: 'O' }]).toContainEqual(board)
  for (const player of [host, sameHost]) {
    await player.game.expectBoard(board)
    await expect(player.game.status(`Waiting for ${guest.name}`)).toBeVisible()
  }
})

test('a game can be played with the keyboard alone', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await guest.game.openLive(game.game_id)
  for (const [ply, square] of GAMES.hostWins.entries()) {
    const [mover, mark] = ply % 2 === 0 ? ([host, 'O'] as const) : ([guest, 'X'] as const)
    await expect(mover.game.status('Your turn')).toBeVisible()
    await mover.game.moveFocusTo(square)
    await mover.page.keyboard.press(ply % 2 === 0 ? 'Enter' : 'Space')
    await expect(mover.game.square(square, mark)).toBeVisible()
    // The focus stays on the square.
    await expect(mover.game.square(square, mark)).toBeFocused()
  }
  await expect(host.game.status('You won')).toBeVisible()
  await expect(guest.game.status('You lost')).toBeVisible()
})

test('a player logs in and makes the first move with the keyboard alone', async ({ host, guest, newPlayer }) => {
  const game = await startGame(host, guest)
  const { page, login, home, game: gamePage, name, password } = await newPlayer({ sameAs: host })
  await home.open()
  await home.logOutButton.press('Enter')
  await login.expectShown()
  await login.name.focus()
  await page.keyboard.type(name)
  await page.keyboard.press('Tab')
  await expect(login.password).toBeFocused()
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await home.expectShown()
  await home.list('Games in progress').gameLink(guest.name).press('Enter')
  expect(await gamePage.gameId()).toBe(game.game_id)
  await gamePage.square('MiddleMiddle', 'empty').press('Enter')
  await expect(gamePage.square('MiddleMiddle', 'O')).toBeVisible()
})

test('arrow keys move the focus between squares', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await host.game.square('TopLeft', 'empty').focus()
  for (const [key, square] of [
    ['ArrowRight', 'TopMiddle'],
    ['ArrowDown', 'MiddleMiddle'],
    ['ArrowLeft', 'MiddleLeft'],
    ['ArrowUp', 'TopLeft'],
    // At the edge the focus stays.
    ['ArrowUp', 'TopLeft'],
  ] as const) {
    await host.page.keyboard.press(key)
    await expect(host.game.square(square, 'empty')).toBeFocused()
  }
})

test('a rematch invites the same player to a new game', async ({ host, guest }) => {
  const game = await finishGame(host, guest)
  await host.game.open(game.game_id)
  await host.game.rematchButton.click()
  await expect(host.game.status(`Waiting for ${guest.name} to accept`)).toBeVisible()
  expect(await host.game.gameId()).not.toBe(game.game_id)
  await guest.home.open()
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible()
})

test('the board does not move during a game', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  const before = await host.game.board.boundingBox()
  expect(before).not.toBeNull()
  for (const [ply, square] of GAMES.draw.entries()) {
    const mark = ply % 2 === 0 ? 'O' : 'X'
    if (ply % 2 === 0) {
      await expect(host.game.status('Your turn')).toBeVisible()
      await host.game.play(square)
    } else {
      // The mark appears optimistically. The status changes once the server has stored the move.
      await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
      await guest.api.play(game.game_id, square, ply)
    }
    await expect(host.game.square(square, mark)).toBeVisible()
    expect(await host.game.board.boundingBox()).toEqual(before)
  }
  await expect(host.game.status('Draw')).toBeVisible()
  expect(await host.game.board.boundingBox()).toEqual(before)
})

test('games in which it is my turn come first and are marked', async ({ host, guest, newPlayer }) => {
  const other = await newPlayer({ as: 'other' })
  const mine = await startGame(host, guest)
  const theirs = await startGame(host, other)
  await host.api.play(theirs.game_id, 'TopLeft', 0)
  await host.home.openLive()
  const list = host.home.list('Games in progress')
  await expect(list.items).toHaveText([new RegExp(guest.name), new RegExp(other.name)])
  await expect(list.item(guest.name).getByText('Your turn', { exact: true })).toBeVisible()
  await expect(list.item(other.name).getByText('Your turn', { exact: true })).toHaveCount(0)

  // The list follows the games live.
  await host.api.play(mine.game_id, 'TopLeft', 0)
  await other.api.play(theirs.game_id, 'MiddleMiddle', 1)
  await expect(list.item(other.name).getByText('Your turn', { exact: true })).toBeVisible()
  await expect(list.item(guest.name).getByText('Your turn', { exact: true })).toHaveCount(0)
})
