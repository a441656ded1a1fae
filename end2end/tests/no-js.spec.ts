// The main flows without JavaScript: plain forms, redirects, and pages that refresh themselves while they wait.
import { finishGame, GAMES, playMoves, startGame } from '../fixtures/games'
import { expect, freshName, test } from '../fixtures/test'

test('two new players create accounts and play a game', async ({ newPlayer }) => {
  // Waiting pages refresh themselves every few seconds.
  test.slow()
  const host = await newPlayer({ as: 'host', registered: false })
  const guest = await newPlayer({ as: 'guest', registered: false })

  await host.login.open()
  await host.login.createAccount(host.name, host.password)
  await host.home.expectShown()
  await host.home.invite(guest.name)
  const gameId = await host.game.gameId()
  await expect(host.game.title(host.name, guest.name)).toBeVisible()
  await expect(host.game.status(`Waiting for ${guest.name} to accept`)).toBeVisible()
  await expect(host.game.noAccountNotice(guest.name)).toBeVisible()

  await guest.login.open()
  await guest.login.createAccount(guest.name, guest.password)
  await guest.home.expectOnlyIn('Invitations', host.name)
  await guest.home.list('Invitations').gameLink(host.name).click()
  await expect(guest.game.status(`${host.name} invited you`)).toBeVisible()
  await guest.game.acceptButton.click()
  expect(await guest.game.gameId()).toBe(gameId)

  for (const [ply, square] of GAMES.hostWins.entries()) {
    const [mover, other, mark] = ply % 2 === 0 ? ([host, guest, 'O'] as const) : ([guest, host, 'X'] as const)
    // The waiting page refreshes itself.
    await expect(mover.game.status('Your turn')).toBeVisible()
    await mover.game.play(square)
    await expect(mover.game.square(square, mark)).toBeVisible()
    expect(await mover.game.gameId()).toBe(gameId)
    if (ply < 4) await expect(mover.game.status(`Waiting for ${other.name}`)).toBeVisible()
  }
  await expect(host.game.status('You won')).toBeVisible()
  await expect(guest.game.status('You lost')).toBeVisible()
  for (const [player, other, outcome] of [
    [host, guest, 'Win'],
    [guest, host, 'Loss'],
  ] as const) {
    await expect(player.game.statusWord('FINISHED')).toBeVisible()
    await player.home.open()
    await player.home.expectOnlyIn('Recent history', other.name)
    await expect(player.home.list('Recent history').outcome(other.name, outcome)).toBeVisible()
  }

  await host.home.logOutButton.click()
  await host.login.expectShown()
  await host.login.logIn(host.name, host.password)
  await host.home.expectOnlyIn('Recent history', guest.name)
})

test('a full board without a line is a draw', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await playMoves(host, guest, game.game_id, GAMES.draw.slice(0, -1))
  await host.game.open(game.game_id)
  await host.game.play(GAMES.draw[8])
  await expect(host.game.status('Draw')).toBeVisible()
  await guest.game.open(game.game_id)
  await expect(guest.game.status('Draw')).toBeVisible()
})

test("invitations are declined and cancelled from the lists and from the game's page", async ({ host, guest }) => {
  await host.api.invite(guest.name)
  await guest.home.open()
  await guest.home.list('Invitations').button(host.name, 'Decline').click()
  await guest.home.expectShown()
  await guest.home.expectInNoList(host.name)

  await host.api.invite(guest.name)
  await host.home.open()
  await host.home.list('Waiting for an answer').button(guest.name, 'Cancel').click()
  await host.home.expectShown()
  await host.home.expectInNoList(guest.name)

  const declined = await host.api.invite(guest.name)
  await guest.game.open(declined.game_id)
  await guest.game.declineButton.click()
  await guest.home.expectShown()

  const cancelled = await host.api.invite(guest.name)
  await host.game.open(cancelled.game_id)
  await host.game.cancelButton.click()
  await host.home.expectShown()
})

test('a taken square and a move out of turn are rejected', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await guest.game.open(game.game_id)
  await guest.game.pressDisabled('TopLeft', 'empty')
  await expect(guest.game.alert('It is not your turn')).toBeVisible()
  expect((await guest.api.game(game.game_id)).board).toEqual({})

  await playMoves(host, guest, game.game_id, ['TopLeft', 'MiddleMiddle'])
  await host.game.open(game.game_id)
  await host.game.pressDisabled('MiddleMiddle', 'X')
  await expect(host.game.alert('That square is taken')).toBeVisible()
  await host.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X' })
  await host.game.play('TopMiddle')
  await expect(host.game.square('TopMiddle', 'O')).toBeVisible()
  await expect(host.game.alert('That square is taken')).toHaveCount(0)
})

test('a move from an outdated page is rejected with the reason', async ({ host, guest, newPlayer }) => {
  const sameHost = await newPlayer({ sameAs: host })
  const game = await startGame(host, guest)
  await host.game.open(game.game_id)
  await sameHost.game.open(game.game_id)
  await host.game.play('TopLeft')
  await expect(host.game.square('TopLeft', 'O')).toBeVisible()
  await sameHost.game.play('BottomRight')
  await expect(sameHost.game.alert('The board has changed since you saw it')).toBeVisible()
  await sameHost.game.expectBoard({ TopLeft: 'O' })
})

test('anyone with the link can watch a game', async ({ host, guest, visitor }) => {
  const game = await startGame(host, guest)
  await visitor.game.open(game.game_id)
  await expect(visitor.game.status(`${host.name} to move`)).toBeVisible()
  await host.api.play(game.game_id, 'TopLeft', 0)
  // The page refreshes itself.
  await expect(visitor.game.square('TopLeft', 'O')).toBeVisible()
  await visitor.game.pressDisabled('MiddleMiddle', 'empty')
  await expect(visitor.game.alert('You are not logged in')).toBeVisible()
})

test('logging in returns to the page that asked for it, even after a wrong password', async ({
  host,
  guest,
  newPlayer,
}) => {
  const game = await startGame(host, guest)
  const elsewhere = await newPlayer({ registered: false })
  await elsewhere.game.open(game.game_id)
  await elsewhere.game.logInLink.click()
  await elsewhere.login.expectShown()
  await elsewhere.login.logIn(guest.name, 'not the password')
  await expect(elsewhere.login.alert('The name or the password is wrong')).toBeVisible()
  await elsewhere.login.logIn(guest.name, guest.password)
  expect(await elsewhere.game.gameId()).toBe(game.game_id)
  await expect(elsewhere.game.status(`Waiting for ${host.name}`)).toBeVisible()
})

test('invalid input shows an error', async ({ visitor, host }) => {
  await visitor.login.open()
  for (const { name, password, sentence } of [
    { name: '', password: 'long enough', sentence: 'Enter a player name' },
    { name: 'x'.repeat(21), password: 'long enough', sentence: 'Use 2 to 20 characters' },
    { name: 'Zoë & <co>', password: 'long enough', sentence: 'Use only the letters a to z' },
    { name: 'short-password', password: 'short', sentence: 'Use at least 8 characters' },
    { name: host.name, password: 'another password', sentence: 'That name is taken' },
  ]) {
    await visitor.login.createAccount(name, password)
    await expect(visitor.login.alert(sentence)).toBeVisible()
    await expect(visitor.login.password).toHaveValue('')
    expect(visitor.page.url()).not.toContain(encodeURIComponent(password))
  }

  await host.home.open()
  for (const { name, sentence } of [
    { name: '', sentence: 'Enter a player name' },
    { name: host.name, sentence: "You can't invite yourself" },
    { name: 'Zoë & <co>', sentence: 'Use only the letters a to z' },
  ]) {
    await host.home.invite(name)
    await expect(host.home.alert(sentence)).toBeVisible()
  }
})

test('the home page refreshes itself and shows a new invitation', async ({ host, guest }) => {
  await guest.home.open()
  await host.api.invite(guest.name)
  // The page refreshes rarely, because a refresh discards unsent input.
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible({ timeout: 45_000 })
})

test('long lists load ten games at a time', async ({ host, guest }) => {
  const newcomers = Array.from({ length: 12 }, () => freshName('new'))
  for (const newcomer of newcomers) await host.api.invite(newcomer)
  for (let game = 0; game < 12; game += 1) await finishGame(host, guest)
  await host.home.open()
  const sent = host.home.list('Waiting for an answer')
  await expect(sent.items).toHaveCount(10)
  await sent.moreButton.click()
  await expect(sent.gameLink(newcomers[0]!)).toBeVisible()
  await expect(sent.moreButton).toHaveCount(0)

  await host.home.open()
  const history = host.home.list('Recent history')
  await expect(history.items).toHaveCount(10)
  await history.moreButton.click()
  await expect(history.moreButton).toHaveCount(0)
})

test('an unknown path is a 404 with a link home', async ({ visitor }) => {
  visitor.console.expectStatus(404)
  const response = await visitor.page.goto('/nothing/here')
  expect(response?.status()).toBe(404)
  await visitor.notFound.homeLink.click()
  await visitor.login.expectShown()
})
