import { finishGame, startGame } from '../fixtures/games'
import { expect, freshName, test } from '../fixtures/test'
import type { ListName } from '../pages/home'

test('an invitation and its acceptance appear live on both home pages', async ({ host, guest }) => {
  await guest.home.openLive()
  await expect(guest.home.list('Invitations').items).toHaveCount(0)

  await host.home.open()
  await host.home.invite(guest.name)
  const gameId = await host.game.gameId()
  await expect(guest.home.list('Invitations').gameLink(host.name)).toBeVisible()

  await host.home.openLive()
  await host.home.expectOnlyIn('Waiting for an answer', guest.name)

  await guest.home.list('Invitations').button(host.name, 'Accept').click()
  expect(await guest.game.gameId()).toBe(gameId)
  await host.home.expectOnlyIn('Games in progress', guest.name)
})

test('a declined invitation disappears from both pages', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await host.home.openLive()
  await host.home.expectOnlyIn('Waiting for an answer', guest.name)

  await guest.home.open()
  await guest.home.list('Invitations').button(host.name, 'Decline').click()
  await guest.home.expectShown()
  await expect(guest.home.list('Invitations').gameLink(host.name)).toHaveCount(0)
  await expect(host.home.list('Waiting for an answer').gameLink(guest.name)).toHaveCount(0)

  expect((await guest.fetchHtml(`/games/${game.game_id}`)).status).toBe(404)
})

test("declining on the game's page redirects to the home page", async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await host.game.openLive(game.game_id)
  await guest.game.open(game.game_id)
  await guest.game.declineButton.click()
  await guest.home.expectShown()
  await expect(guest.home.list('Invitations').gameLink(host.name)).toHaveCount(0)
  // The host's open page shows that the game was deleted.
  await expect(host.game.deletedNotice).toBeVisible()
})

test("the host cancels an invitation from the list or from the game's page", async ({ host, guest }) => {
  await host.api.invite(guest.name)
  await guest.home.openLive()
  await guest.home.expectOnlyIn('Invitations', host.name)

  await host.home.open()
  await host.home.list('Waiting for an answer').button(guest.name, 'Cancel').click()
  await expect(host.home.list('Waiting for an answer').gameLink(guest.name)).toHaveCount(0)
  await expect(guest.home.list('Invitations').gameLink(host.name)).toHaveCount(0)

  const game = await host.api.invite(guest.name)
  await guest.home.expectOnlyIn('Invitations', host.name)
  await host.game.open(game.game_id)
  await host.game.cancelButton.click()
  await host.home.expectShown()
  await expect(host.home.list('Waiting for an answer').gameLink(guest.name)).toHaveCount(0)
  await expect(guest.home.list('Invitations').gameLink(host.name)).toHaveCount(0)
})

test('accepting a cancelled invitation shows an error', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  // Without a live stream the page does not learn of the cancellation.
  await guest.game.blockLiveStream()
  guest.console.expectStatus(404)
  await guest.game.open(game.game_id)
  await host.api.cancel(game.game_id)
  await guest.game.acceptButton.click()
  await expect(guest.game.alert('Game not found')).toBeVisible()
})

test('an open page shows live that its game was cancelled', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await guest.game.openLive(game.game_id)
  await host.api.cancel(game.game_id)
  await expect(guest.game.deletedNotice).toBeVisible()
  await expect(guest.game.acceptButton).toHaveCount(0)
})

test('a player can have several games with the same opponent', async ({ host, guest }) => {
  for (let game = 0; game < 2; game += 1) {
    await host.home.open()
    await host.home.invite(guest.name)
    await host.game.gameId()
  }
  await host.home.open()
  await expect(host.home.list('Waiting for an answer').gameLink(guest.name)).toHaveCount(2)
})

for (const { input, name, sentence } of [
  { input: 'an empty name', name: '', sentence: 'Enter a player name' },
  { input: 'a name that is too long', name: 'x'.repeat(21), sentence: 'Use 2 to 20 characters' },
  { input: 'a name with invalid characters', name: 'Zoë & co', sentence: 'Use only the letters a to z' },
  { input: 'a reserved name', name: 'computer', sentence: 'That name is reserved' },
]) {
  test(`inviting ${input} is rejected`, async ({ host }) => {
    host.console.expectStatus(422)
    await host.home.open()
    await host.home.invite(name)
    await expect(host.home.alert(sentence)).toBeVisible()
    await expect(host.home.opponent).toHaveValue(name)
    await expect(host.home.list('Waiting for an answer').items).toHaveCount(0)
  })
}

test('inviting oneself is rejected', async ({ host }) => {
  host.console.expectStatus(422)
  await host.home.open()
  await host.home.invite(host.name.toUpperCase())
  await expect(host.home.alert("You can't invite yourself")).toBeVisible()
})

test('long lists load ten games at a time, newest first', async ({ host, guest }) => {
  test.slow()
  const newcomers = Array.from({ length: 12 }, () => freshName('new'))
  for (const newcomer of newcomers) await host.api.invite(newcomer)
  for (let game = 0; game < 12; game += 1) await guest.api.invite(host.name)
  for (let game = 0; game < 12; game += 1) await startGame(host, guest)
  for (let game = 0; game < 12; game += 1) await finishGame(host, guest)

  await host.home.open()
  await expect(host.home.list('Waiting for an answer').gameLink(newcomers[11]!)).toBeVisible()
  await expect(host.home.list('Waiting for an answer').gameLink(newcomers[0]!)).toHaveCount(0)
  const lists: ListName[] = ['Invitations', 'Waiting for an answer', 'Games in progress', 'Recent history']
  for (const name of lists) {
    const list = host.home.list(name)
    await expect(list.items, name).toHaveCount(10)
    await list.moreButton.click()
    await expect(list.items, name).toHaveCount(12)
    await expect(list.moreButton, name).toHaveCount(0)
  }
  await expect(host.home.list('Waiting for an answer').items).toHaveText(
    [...newcomers].reverse().map((name) => new RegExp(name)),
  )
})
