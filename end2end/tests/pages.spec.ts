import { finishGame, GAMES, playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, freshName, test } from '../fixtures/test'

const UNKNOWN_GAME = '/games/00000000-0000-4000-8000-000000000000'

/** Every visually distinct state of every page, and the steps that lead to it. */
const STATES: { name: string; open: (me: Player, other: Player) => Promise<void> }[] = [
  {
    name: 'home, logged out',
    open: async (me) => {
      await me.context.clearCookies()
      await me.login.open()
    },
  },
  {
    name: 'home, logged out, after an error',
    open: async (me) => {
      me.console.expectStatus(401)
      await me.context.clearCookies()
      await me.login.open()
      await me.login.logIn(me.name, 'not the password')
      await expect(me.login.alert('The name or the password is wrong')).toBeVisible()
    },
  },
  { name: 'home, no games yet', open: (me) => me.home.open() },
  {
    name: 'home with games in every list',
    open: async (me, other) => {
      await other.api.invite(me.name)
      await me.api.invite(other.name)
      const theirs = await startGame(me, other)
      await me.api.play(theirs.game_id, 'TopLeft', 0)
      await startGame(me, other)
      await finishGame(me, other)
      await finishGame(other, me)
      await finishGame(me, other, GAMES.draw)
      await me.home.open()
      await expect(me.home.list('Recent history').items).toHaveCount(3)
    },
  },
  { name: 'account', open: (me) => me.account.open() },
  {
    name: 'account, after an error',
    open: async (me) => {
      await me.account.open()
      await me.account.deleteAccount.currentPassword.fill('not the password')
      await me.account.deleteAccount.button.click()
      await expect(me.account.deleteAccount.alert).toBeVisible()
    },
  },
  {
    name: 'game, invitation received',
    open: async (me, other) => me.game.open((await other.api.invite(me.name)).game_id),
  },
  {
    name: 'game, waiting for a name without an account',
    open: async (me) => me.game.open((await me.api.invite(freshName('longest-name'.slice(0, 11)))).game_id),
  },
  {
    name: 'game in progress, my turn',
    open: async (me, other) => {
      const game = await startGame(me, other)
      await playMoves(me, other, game.game_id, ['TopLeft', 'MiddleMiddle'])
      await me.game.open(game.game_id)
    },
  },
  {
    name: 'game in progress, after a rejected move',
    open: async (me, other) => {
      const game = await startGame(me, other)
      await playMoves(me, other, game.game_id, ['TopLeft', 'MiddleMiddle'])
      await me.game.openLive(game.game_id)
      await me.game.pressDisabled('TopLeft', 'O')
      await expect(me.game.alert('That square is taken')).toBeVisible()
    },
  },
  {
    name: 'game won',
    open: async (me, other) => me.game.open((await finishGame(me, other)).game_id),
  },
  {
    name: 'game lost',
    open: async (me, other) => me.game.open((await finishGame(other, me)).game_id),
  },
  {
    name: 'game drawn',
    open: async (me, other) => me.game.open((await finishGame(me, other, GAMES.draw)).game_id),
  },
  {
    name: 'game, watched by a visitor',
    open: async (me, other) => {
      const game = await startGame(me, other)
      await me.context.clearCookies()
      await me.game.open(game.game_id)
    },
  },
  {
    name: 'game without a connection',
    open: async (me, other) => {
      const game = await startGame(me, other)
      await me.game.openLive(game.game_id)
      me.console.expectConnectionLoss()
      await me.context.setOffline(true)
      await expect(me.game.connectionLost).toBeVisible()
    },
  },
  {
    name: 'game not found',
    open: async (me) => {
      me.console.expectStatus(404)
      await me.page.goto(UNKNOWN_GAME)
      await expect(me.notFound.homeLink).toBeVisible()
    },
  },
  {
    name: 'page not found',
    open: async (me) => {
      me.console.expectStatus(404)
      await me.page.goto('/nothing/here')
      await expect(me.notFound.homeLink).toBeVisible()
    },
  },
]

for (const { name, open } of STATES) {
  test(`${name}: is accessible in light and dark, and fits a phone`, async ({ newPlayer }) => {
    // Names of the maximum length, in the widest letters.
    const me = await newPlayer({ as: 'mmmmmmmmmmm', browser: { viewport: { width: 1280, height: 800 } } })
    const other = await newPlayer({ as: 'wwwwwwwwwww' })
    await open(me, other)
    await me.login.expectAccessible(name)
  })
}

test('the server renders complete pages with the right status', async ({ host, guest, visitor }) => {
  const invitation = await guest.api.invite(host.name)
  const game = await startGame(host, guest)
  await playMoves(host, guest, game.game_id, ['TopLeft', 'MiddleMiddle'])

  const home = await host.fetchHtml('/')
  expect(home.status).toBe(200)
  for (const text of [
    'Your games',
    `Open game against ${guest.name}`,
    invitation.game_id,
    game.game_id,
    'Accept',
    'Decline',
  ]) {
    expect(home.text).toContain(text)
  }

  const page = await host.fetchHtml(`/games/${game.game_id}`)
  expect(page.status).toBe(200)
  for (const text of [
    'Top left, O',
    'Middle middle, X',
    'Bottom right, empty',
    'Your turn',
    'IN_PROGRESS',
    game.game_id,
  ]) {
    expect(page.text).toContain(text)
  }

  const watched = await visitor.fetchHtml(`/games/${game.game_id}`)
  expect(watched.status).toBe(200)
  expect(watched.text).toContain(`${host.name} to move`)

  const loggedOut = await visitor.fetchHtml('/')
  expect(loggedOut.status).toBe(200)
  for (const text of ['Tic-Tac-Toe', 'Player name', 'Password', 'Create account'])
    expect(loggedOut.text).toContain(text)
  expect(loggedOut.text).not.toContain('Your games')
})

for (const path of [
  UNKNOWN_GAME,
  '/games/no-uuid',
  '/games/',
  '/nothing',
  '/nothing/here',
  '/%F0%9F%92%A5',
  '/games/%FF',
]) {
  test(`${path} is a 404 with a link home`, async ({ visitor }) => {
    visitor.console.expectStatus(404)
    const response = await visitor.page.goto(path)
    expect(response?.status()).toBe(404)
    await expect(
      path.startsWith('/games/') && path.length > 8 ? visitor.notFound.gameTitle : visitor.notFound.pageTitle,
    ).toBeVisible()
    await visitor.notFound.homeLink.click()
    await visitor.login.expectShown()
  })
}

test('navigating between the home page and a game needs no reload', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.home.openLive()
  const documents: string[] = []
  host.page.on('request', (request) => {
    if (request.resourceType() === 'document') documents.push(request.url())
  })
  await host.home.list('Games in progress').gameLink(guest.name).click()
  await expect(host.game.title(host.name, guest.name)).toBeVisible()
  await host.game.play('TopLeft')
  await expect(host.game.square('TopLeft', 'O')).toBeVisible()
  await host.page.goBack()
  await host.home.expectOnlyIn('Games in progress', guest.name)
  expect(documents).toEqual([])
  expect((await guest.api.game(game.game_id)).board).toEqual({ TopLeft: 'O' })
})
