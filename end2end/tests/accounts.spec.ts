import { GAMES, playMoves, startGame } from '../fixtures/games'
import { expect, freshName, test } from '../fixtures/test'

test('a player logs out and back in', async ({ host }) => {
  await host.home.open()
  await host.home.logOutButton.click()
  await host.login.expectShown()
  expect(await host.api.whoAmI()).toBeNull()

  await host.login.logIn(host.name, host.password)
  await host.home.expectShown()
  expect(await host.api.whoAmI()).toBe(host.name)
})

test('logging in returns to the page that asked for it', async ({ host, guest, newPlayer }) => {
  const game = await startGame(host, guest)
  const guestElsewhere = await newPlayer({ registered: false })

  // A visitor who is logged out only watches, and can log in from the game's page.
  await guestElsewhere.game.open(game.game_id)
  await expect(guestElsewhere.game.status(`${host.name} to move`)).toBeVisible()
  await guestElsewhere.game.logInLink.click()
  await guestElsewhere.login.expectShown()
  await guestElsewhere.login.logIn(guest.name, guest.password)

  expect(await guestElsewhere.game.gameId()).toBe(game.game_id)
  await expect(guestElsewhere.game.status(`Waiting for ${host.name}`)).toBeVisible()
})

test('creating an account returns to the page that asked for it', async ({ host, visitor }) => {
  const game = await host.api.invite(visitor.name)
  await visitor.login.open(`/?next=/games/${game.game_id}`)
  await visitor.login.createAccount(visitor.name, visitor.password)
  expect(await visitor.game.gameId()).toBe(game.game_id)
  await expect(visitor.game.status(`${host.name} invited you`)).toBeVisible()
})

test('logging in never redirects to another site', async ({ host, newPlayer, server }) => {
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

test('a player name is converted to lower case', async ({ visitor }) => {
  await visitor.login.open()
  await visitor.login.createAccount(visitor.name.toUpperCase(), visitor.password)
  await visitor.home.expectShown()
  expect(await visitor.api.whoAmI()).toBe(visitor.name)
})

test('a wrong password and an unknown name get the same error, and the name field keeps its value', async ({
  host,
  newPlayer,
}) => {
  const elsewhere = await newPlayer({ registered: false })
  elsewhere.console.expectStatus(401)
  for (const name of [host.name, freshName('nobody')]) {
    await elsewhere.login.open()
    await elsewhere.login.logIn(name, 'not the password')
    await expect(elsewhere.login.alert('The name or the password is wrong')).toBeVisible()
    await expect(elsewhere.login.name).toHaveValue(name)
  }
  // The player can try again at once.
  await elsewhere.login.logIn(host.name, host.password)
  await elsewhere.home.expectShown()
})

test('creating an account with a taken name is rejected', async ({ host, newPlayer }) => {
  const other = await newPlayer({ registered: false })
  other.console.expectStatus(409)
  await other.login.open()
  await other.login.createAccount(host.name, 'another password')
  await expect(other.login.alert('That name is taken')).toBeVisible()
  await expect(other.login.name).toHaveValue(host.name)
  expect(await other.api.whoAmI()).toBeNull()
})

for (const { input, name, password, sentence } of [
  { input: 'no name', name: '', password: 'long enough', sentence: 'Enter a player name' },
  { input: 'a blank name', name: '   ', password: 'long enough', sentence: 'Enter a player name' },
  {
    input: 'a name that is too long',
    name: 'x'.repeat(21),
    password: 'long enough',
    sentence: 'Use 2 to 20 characters',
  },
  { input: 'a name that is too short', name: 'x', password: 'long enough', sentence: 'Use 2 to 20 characters' },
  {
    input: 'invalid characters in the name',
    name: 'ada <b>💥</b>',
    password: 'long enough',
    sentence: 'Use only the letters a to z',
  },
  { input: 'a reserved name', name: 'tie', password: 'long enough', sentence: 'That name is reserved' },
  {
    input: 'a password that is too short',
    name: 'short-password',
    password: 'short',
    sentence: 'Use at least 8 characters',
  },
  { input: 'no password', name: 'no-password', password: '', sentence: 'Use at least 8 characters' },
  {
    input: 'a password that is too long',
    name: 'long-password',
    password: 'x'.repeat(129),
    sentence: 'Use at most 128 characters',
  },
]) {
  test(`creating an account with ${input} is rejected, and the name field keeps its value`, async ({ visitor }) => {
    visitor.console.expectStatus(422)
    await visitor.login.open()
    await visitor.login.createAccount(name, password)
    await expect(visitor.login.alert(sentence)).toBeVisible()
    await expect(visitor.login.name).toHaveValue(name)
    expect(await visitor.api.whoAmI()).toBeNull()
  })
}

test('a page whose session ended in another tab tells the player to log in', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  host.console.expectStatus(401)
  // Log out in another tab of the same browser.
  const tab = await host.context.newPage()
  await tab.goto('/')
  await tab.getByRole('button', { name: 'Log out', exact: true }).click()
  await expect(tab.getByRole('button', { name: 'Log in', exact: true })).toBeVisible()

  await host.game.square('TopLeft', 'empty').press('Enter')
  await expect(host.game.alert('You are not logged in')).toBeVisible()
  expect((await guest.api.game(game.game_id)).board).toEqual({})

  // After logging in again, the player continues the game.
  await host.login.open(`/?next=/games/${game.game_id}`)
  await host.login.logIn(host.name, host.password)
  await expect(host.game.status('Your turn')).toBeVisible()
  await playMoves(host, guest, game.game_id, GAMES.hostWins)
  await expect(host.game.status('You won')).toBeVisible()
})
