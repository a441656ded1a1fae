import { GAMES, playMoves, startGame } from '../fixtures/games'
import { expect, freshName, test } from '../fixtures/test'

test('log out and back in', async ({ host }) => {
  await host.home.open()
  await host.home.logOutButton.click()
  await host.login.expectShown()
  expect(await host.api.whoAmI()).toBeNull()

  await host.login.logIn(host.name, host.password)
  await host.home.expectShown()
  expect(await host.api.whoAmI()).toBe(host.name)
})

test('logging in leads to the page that asked for it', async ({ host, guest, newPlayer }) => {
  const game = await startGame(host, guest)
  const guestElsewhere = await newPlayer({ registered: false })

  // Logged out one only watches, and can log in from there.
  await guestElsewhere.game.open(game.game_id)
  await expect(guestElsewhere.game.status(`${host.name} to move`)).toBeVisible()
  await guestElsewhere.game.logInLink.click()
  await guestElsewhere.login.expectShown()
  await guestElsewhere.login.logIn(guest.name, guest.password)

  expect(await guestElsewhere.game.gameId()).toBe(game.game_id)
  await expect(guestElsewhere.game.status(`Waiting for ${host.name}`)).toBeVisible()
})

test('a new account, too, leads to the page that asked for it', async ({ host, visitor }) => {
  const game = await host.api.invite(visitor.name)
  await visitor.login.open(`/?next=/games/${game.game_id}`)
  await visitor.login.createAccount(visitor.name, visitor.password)
  expect(await visitor.game.gameId()).toBe(game.game_id)
  await expect(visitor.game.status(`${host.name} invited you`)).toBeVisible()
})

test('logging in never leads to another site', async ({ host, newPlayer, server }) => {
  const elsewhere = await newPlayer({ registered: false })
  for (const next of ['https://example.com/', '//example.com/', '/\\example.com', 'javascript:alert(1)']) {
    await elsewhere.login.open(`/?next=${encodeURIComponent(next)}`)
    await elsewhere.login.logIn(host.name, host.password)
    await elsewhere.home.expectShown()
    expect(new URL(elsewhere.page.url()).origin).toBe(server.url)
    await elsewhere.home.logOutButton.click()
    await elsewhere.login.expectShown()
  }
})

test('upper case in a name is lowered', async ({ visitor }) => {
  await visitor.login.open()
  await visitor.login.createAccount(visitor.name.toUpperCase(), visitor.password)
  await visitor.home.expectShown()
  expect(await visitor.api.whoAmI()).toBe(visitor.name)
})

test('a wrong password and an unknown name are refused alike, and the typed name stays', async ({ host, newPlayer }) => {
  const elsewhere = await newPlayer({ registered: false })
  elsewhere.console.expectStatus(401)
  for (const name of [host.name, freshName('nobody')]) {
    await elsewhere.login.open()
    await elsewhere.login.logIn(name, 'not the password')
    await expect(elsewhere.login.alert('The name or the password is wrong')).toBeVisible()
    await expect(elsewhere.login.name).toHaveValue(name)
  }
  // Nothing in the way of trying again.
  await elsewhere.login.logIn(host.name, host.password)
  await elsewhere.home.expectShown()
})

test('a taken name is refused', async ({ host, newPlayer }) => {
  const other = await newPlayer({ registered: false })
  other.console.expectStatus(409)
  await other.login.open()
  await other.login.createAccount(host.name, 'another password')
  await expect(other.login.alert('That name is taken')).toBeVisible()
  await expect(other.login.name).toHaveValue(host.name)
  expect(await other.api.whoAmI()).toBeNull()
})

for (const { what, name, password, sentence } of [
  { what: 'no name', name: '', password: 'long enough', sentence: 'Enter a player name' },
  { what: 'only spaces', name: '   ', password: 'long enough', sentence: 'Enter a player name' },
  { what: 'too long a name', name: 'x'.repeat(21), password: 'long enough', sentence: 'Use 2 to 20 characters' },
  { what: 'too short a name', name: 'x', password: 'long enough', sentence: 'Use 2 to 20 characters' },
  { what: 'odd characters', name: 'ada <b>💥</b>', password: 'long enough', sentence: 'Use only letters a to z' },
  { what: 'a reserved name', name: 'tie', password: 'long enough', sentence: 'That name is reserved' },
  { what: 'too short a password', name: 'short-password', password: 'short', sentence: 'Use at least 8 characters' },
  { what: 'no password', name: 'no-password', password: '', sentence: 'Use at least 8 characters' },
  { what: 'too long a password', name: 'long-password', password: 'x'.repeat(129), sentence: 'Use at most 128 characters' },
]) {
  test(`an account with ${what} is refused, and the typed name stays`, async ({ visitor }) => {
    visitor.console.expectStatus(422)
    await visitor.login.open()
    await visitor.login.createAccount(name, password)
    await expect(visitor.login.alert(sentence)).toBeVisible()
    await expect(visitor.login.name).toHaveValue(name)
    expect(await visitor.api.whoAmI()).toBeNull()
  })
}

test('a page whose session ended elsewhere says what to do', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  host.console.expectStatus(401)
  // Logged out in another tab of the same browser.
  const tab = await host.context.newPage()
  await tab.goto('/')
  await tab.getByRole('button', { name: 'Log out', exact: true }).click()
  await expect(tab.getByRole('button', { name: 'Log in', exact: true })).toBeVisible()

  await host.game.square('TopLeft', 'empty').press('Enter')
  await expect(host.game.alert('You are not logged in')).toBeVisible()
  expect((await guest.api.game(game.game_id)).board).toEqual({})

  // The game is as it was for who logs in again.
  await host.login.open(`/?next=/games/${game.game_id}`)
  await host.login.logIn(host.name, host.password)
  await expect(host.game.status('Your turn')).toBeVisible()
  await playMoves(host, guest, game.game_id, GAMES.hostWins)
  await expect(host.game.status('You won')).toBeVisible()
})
