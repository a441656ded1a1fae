import { finishGame, startGame } from '../fixtures/games'
import { expect, freshName, test } from '../fixtures/test'
import type { ListName } from '../pages/home'

test('an invitation appears on the home page by itself, and accepting it on the host\'s', async ({ host, guest }) => {
  await guest.home.openLive()
  await expect(guest.home.list('Invitations').items).toHaveCount(0)

  await host.home.open()
  await host.home.invite(guest.name)
  const gameId = await host.game.gameId()
  await expect(guest.home.list('Invitations').openLink(host.name)).toBeVisible()

  await host.home.openLive()
  await host.home.expectOnlyIn('Waiting for an answer', guest.name)

  await guest.home.list('Invitations').button(host.name, 'Accept').click()
  expect(await guest.game.gameId()).toBe(gameId)
  await host.home.expectOnlyIn('Games in progress', guest.name)
})

test('a declined invitation is gone for both', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await host.home.openLive()
  await host.home.expectOnlyIn('Waiting for an answer', guest.name)

  await guest.home.open()
  await guest.home.list('Invitations').button(host.name, 'Decline').click()
  await guest.home.expectShown()
  await expect(guest.home.list('Invitations').openLink(host.name)).toHaveCount(0)
  await expect(host.home.list('Waiting for an answer').openLink(guest.name)).toHaveCount(0)

  expect((await guest.html(`/games/${game.game_id}`)).status).toBe(404)
})

test('declining on the game\'s page lands on the home page', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await host.game.openLive(game.game_id)
  await guest.game.open(game.game_id)
  await guest.game.declineButton.click()
  await guest.home.expectShown()
  await expect(guest.home.list('Invitations').openLink(host.name)).toHaveCount(0)
  // Who looks at it is told that it is gone.
  await expect(host.game.gone).toBeVisible()
})

test('the host cancels, from the list and from the game\'s page', async ({ host, guest }) => {
  await host.api.invite(guest.name)
  await guest.home.openLive()
  await guest.home.expectOnlyIn('Invitations', host.name)

  await host.home.open()
  await host.home.list('Waiting for an answer').button(guest.name, 'Cancel').click()
  await expect(host.home.list('Waiting for an answer').openLink(guest.name)).toHaveCount(0)
  await expect(guest.home.list('Invitations').openLink(host.name)).toHaveCount(0)

  const game = await host.api.invite(guest.name)
  await guest.home.expectOnlyIn('Invitations', host.name)
  await host.game.open(game.game_id)
  await host.game.cancelButton.click()
  await host.home.expectShown()
  await expect(host.home.list('Waiting for an answer').openLink(guest.name)).toHaveCount(0)
  await expect(guest.home.list('Invitations').openLink(host.name)).toHaveCount(0)
})

test('accepting what has been cancelled meanwhile says so', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  // A page that does not hear of it by itself.
  await guest.game.muteLiveStream()
  guest.console.expectStatus(404)
  await guest.game.open(game.game_id)
  await host.api.cancel(game.game_id)
  await guest.game.acceptButton.click()
  await expect(guest.game.alert('There is no such game any more')).toBeVisible()
})

test('a page whose game is cancelled says so by itself', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await guest.game.openLive(game.game_id)
  await host.api.cancel(game.game_id)
  await expect(guest.game.gone).toBeVisible()
  await expect(guest.game.acceptButton).toHaveCount(0)
})

test('several games with the same opponent', async ({ host, guest }) => {
  for (let game = 0; game < 2; game += 1) {
    await host.home.open()
    await host.home.invite(guest.name)
    await host.game.gameId()
  }
  await host.home.open()
  await expect(host.home.list('Waiting for an answer').openLink(guest.name)).toHaveCount(2)
})

for (const { what, name, sentence } of [
  { what: 'nobody', name: '', sentence: 'Enter a player name' },
  { what: 'too long a name', name: 'x'.repeat(21), sentence: 'Use 2 to 20 characters' },
  { what: 'odd characters', name: 'Zoë & co', sentence: 'Use only letters a to z' },
  { what: 'a reserved name', name: 'computer', sentence: 'That name is reserved' },
]) {
  test(`inviting ${what} is refused`, async ({ host }) => {
    host.console.expectStatus(422)
    await host.home.open()
    await host.home.invite(name)
    await expect(host.home.alert(sentence)).toBeVisible()
    await expect(host.home.opponent).toHaveValue(name)
    await expect(host.home.list('Waiting for an answer').items).toHaveCount(0)
  })
}

test('inviting oneself is refused', async ({ host }) => {
  host.console.expectStatus(422)
  await host.home.open()
  await host.home.invite(host.name.toUpperCase())
  await expect(host.home.alert('You can\'t invite yourself')).toBeVisible()
})

test('long lists come ten at a time, newest first', async ({ host, guest }) => {
  test.slow()
  const newcomers = Array.from({ length: 12 }, () => freshName('new'))
  for (const newcomer of newcomers) await host.api.invite(newcomer)
  for (let game = 0; game < 12; game += 1) await guest.api.invite(host.name)
  for (let game = 0; game < 12; game += 1) await startGame(host, guest)
  for (let game = 0; game < 12; game += 1) await finishGame(host, guest)

  await host.home.open()
  await expect(host.home.list('Waiting for an answer').openLink(newcomers[11]!)).toBeVisible()
  await expect(host.home.list('Waiting for an answer').openLink(newcomers[0]!)).toHaveCount(0)
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
