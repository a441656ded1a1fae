// The panel that shows people what their clicks ask of the tables.
import { holdBackTogether } from '../fixtures/held-back'
import { playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

const PLAY = /\/actions\/play/

test.beforeEach(({ server }) => {
  test.skip(!server.isOurs, 'each instance shows what was asked through it, and another engine breaks nothing')
})

/** The documents that a page loads from now on. */
function documentsOf({ page }: Player): string[] {
  const documents: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'document') documents.push(request.url())
  })
  return documents
}

test.describe('opened and closed', () => {
  test('by its button, and remembered over a reload', async ({ host }) => {
    await host.home.openLive()
    await host.hood.expectClosed()
    await host.hood.open()
    await expect(host.hood.requests.of('My invitations')).toHaveCount(1)

    await host.page.reload()
    await host.hood.expectOpen()
    await host.hood.openButton.press('Enter')
    await host.hood.expectClosed()

    await host.page.reload()
    await host.home.expectShown()
    await host.hood.expectClosed()
  })

  test('it stays open from page to page and shows what belongs to each', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.home.openLive()
    const documents = documentsOf(host)
    await host.hood.open()
    await expect(host.hood.part('Meter')).toBeVisible()
    await expect(host.hood.part('The item')).toHaveCount(0)

    await host.home.list('Games in progress').openLink(guest.name).click()
    await expect(host.hood.attribute('GameId')).toContainText(game.game_id)
    await expect(host.hood.indexes).toContainText('HostId-StatusDate-index')
    await expect(host.hood.requests.of('One game').last()).toBeVisible()

    await host.page.getByRole('link', { name: 'Tic-Tac-Toe', exact: true }).click()
    await host.home.expectShown()
    await expect(host.hood.part('Meter')).toBeVisible()
    await expect(host.hood.part('The item')).toHaveCount(0)
    expect(documents).toEqual([])
  })

  test('by keyboard, and the focus stays where it is needed', async ({ host }) => {
    await host.home.openLive()
    await host.hood.openButton.focus()
    await host.page.keyboard.press('Enter')
    await host.hood.expectOpen()
    await expect(host.hood.openButton).toBeFocused()

    const fault = host.hood.switch('throttled')
    await fault.focus()
    for (const on of [true, false]) {
      await host.page.keyboard.press('Space')
      await expect(fault).toBeChecked({ checked: on })
      await expect(fault).toBeFocused()
    }

    await host.hood.closeButton.focus()
    await host.page.keyboard.press('Enter')
    await host.hood.expectClosed()
    await expect(host.hood.openButton).toBeFocused()
  })
})

test.describe('requests', () => {
  test('each appears as it happens, the newest last', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    const documents = documentsOf(host)
    await host.hood.open()
    const before = await host.hood.requests.titles()
    expect(before).toEqual(expect.arrayContaining(['PutItem Register', 'PutItem Begin a session', 'PutItem Invite']))
    expect(before).not.toContain('UpdateItem Move')

    await host.game.play('TopLeft')
    await expect.poll(() => host.hood.requests.titles()).toEqual([...before, 'UpdateItem Move'])
    await guest.api.play(game.game_id, 'MiddleMiddle', 1)
    await host.game.play('TopMiddle')
    await expect.poll(() => host.hood.requests.titles()).toEqual([...before, 'UpdateItem Move', 'UpdateItem Move'])

    await host.page.getByRole('link', { name: 'Tic-Tac-Toe', exact: true }).click()
    await host.home.expectShown()
    await expect(host.hood.requests.of('My invitations')).toHaveCount(1)
    const after = await host.hood.requests.titles()
    expect(after.slice(0, before.length + 2)).toEqual([...before, 'UpdateItem Move', 'UpdateItem Move'])
    expect(documents).toEqual([])
  })

  test('a move is shown with its update, its condition and its cost', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    await host.hood.open()
    await host.game.play('BottomRight')
    const move = host.hood.requests.of('Move')
    await expect(move.getByText('done', { exact: true })).toBeVisible()
    for (const text of [
      `GameId = "${game.game_id}"`,
      `SET BottomRight = "O", Turn = "${guest.name}"`,
      'begins_with(StatusDate, "IN_PROGRESS_")',
      `AND Turn = "${host.name}"`,
      'AND attribute_not_exists(BottomRight)',
      '1 write on table',
      'for POST /actions/play',
    ]) {
      await expect(move).toContainText(text)
    }
  })

  test('of two tabs that move at once, the row of one says which clause was false', async ({ host, guest, faults }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    await host.hood.open()
    const tab = await host.secondTab(game.game_id)
    await holdBackTogether([host.page, tab.page], PLAY)
    host.console.expectStatus(409)
    // Both have decided before either has written.
    const mend = await faults(host, 'delayed')
    await host.game.play('TopLeft')
    await tab.play('TopLeft')
    await expect(host.game.square('TopLeft', 'O')).toBeVisible()
    await expect(tab.square('TopLeft', 'O')).toBeVisible()
    await mend()

    const moves = host.hood.requests.of('Move')
    await expect(moves).toHaveCount(2)
    const refused = moves.filter({ hasText: 'condition refused it' })
    await expect(refused).toHaveCount(1)
    await expect(refused).toContainText(`False: Turn = "${host.name}", but the item held Turn = "${guest.name}"`)
    await expect(refused).toContainText('False: attribute_not_exists(TopLeft), but the item held TopLeft = "O"')
    await expect(refused).not.toContainText('False: begins_with')
    expect((await guest.api.game(game.game_id)).moves).toEqual(['TopLeft'])
  })

  test('two people never see each other\'s', async ({ host, guest, newPlayer }) => {
    const third = await newPlayer({ as: 'third' })
    const game = await startGame(host, guest)
    for (const player of [host, guest]) {
      await player.game.openLive(game.game_id)
      await player.hood.open()
    }
    const before = await guest.hood.requests.titles()
    await host.api.invite(third.name)
    await host.game.play('TopLeft')
    await expect(host.hood.requests.of('Move')).toHaveCount(1)
    await expect(host.hood.requests.region).toContainText(third.name)
    // The item has come, by the same stream as a row would have.
    await expect(guest.hood.attribute('TopLeft')).toBeVisible()
    await guest.game.play('MiddleMiddle')
    await expect.poll(() => guest.hood.requests.titles()).toEqual([...before, 'UpdateItem Move'])
    await expect(guest.hood.requests.of('Move')).toContainText('SET MiddleMiddle')
    await expect(guest.hood.panel).not.toContainText(third.name)
  })

  test('somebody who is not logged in sees the item and no requests', async ({ host, guest, visitor }) => {
    const game = await startGame(host, guest)
    await visitor.game.openLive(game.game_id)
    await visitor.hood.open()
    await expect(visitor.hood.logInFirst).toBeVisible()
    await expect(visitor.hood.attribute('Turn')).toContainText(host.name)
    await host.api.play(game.game_id, 'TopLeft', 0)
    await expect(visitor.hood.attribute('Turn')).toContainText(guest.name)
    for (const part of ['Requests', 'Meter', 'Race', 'Break it'] as const) await expect(visitor.hood.part(part)).toHaveCount(0)
    await expect(visitor.hood.panel.getByRole('listitem')).toHaveCount(0)
  })
})

test.describe('the item', () => {
  test('changes as the other player moves, and shows what the last write did', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    await host.hood.open()
    await expect(host.hood.attribute('Turn')).toContainText(host.name)
    await host.game.play('TopLeft')
    await expect(host.hood.attribute('TopLeft')).toHaveText(/"O"\s*new$/)
    await expect(host.hood.attribute('Moves')).toHaveText(/\["TopLeft"\]\s*new$/)
    await expect(host.hood.attribute('HostId')).toHaveText(/"\s*$/)

    await guest.api.play(game.game_id, 'MiddleMiddle', 1)
    await expect(host.hood.attribute('MiddleMiddle')).toHaveText(/"X"\s*new$/)
    await expect(host.hood.attribute('TopLeft')).toHaveText(/"O"\s*$/)
    await expect(host.hood.attribute('Turn')).toHaveText(new RegExp(`"${host.name}"\\s*changed$`))
    await expect(host.hood.attribute('Moves')).toHaveText(/\["TopLeft", "MiddleMiddle"\]\s*changed$/)
    await expect(host.hood.attribute('StatusDate')).toContainText('IN_PROGRESS_')
  })

  test('its index entries stand newest first, without what a move changes', async ({ host, guest }) => {
    const games = []
    for (let n = 0; n < 3; n += 1) games.push(await startGame(host, guest))
    const [oldest, middle, newest] = games.map((game) => game.game_id.slice(0, 8))
    await host.game.openLive(games[1]!.game_id)
    await host.hood.open()
    await expect(host.hood.index('HostId-StatusDate-index')).toBeVisible()
    expect(await host.hood.indexedGames('HostId-StatusDate-index')).toEqual([newest, middle, oldest])
    // The other's entries are not to be seen.
    expect(await host.hood.indexedGames('OpponentId-StatusDate-index')).toEqual([middle])
    for (const name of ['HostId-StatusDate-index', 'OpponentId-StatusDate-index'] as const) {
      await expect(host.hood.index(name)).toContainText(/Left out: .*\bTurn\b/)
    }
    await expect(host.hood.indexes).not.toContainText('"O"')
  })
})

test('the meter counts what a move costs, and what polling would have cost by now', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await host.hood.open()
  const before = await host.hood.spent('This page, you')
  const ofGame = await host.hood.spent('This game, by anybody here')
  await host.game.play('TopLeft')
  await expect.poll(() => host.hood.spent('This page, you')).toMatchObject({
    requests: before.requests + 1,
    reads: before.reads,
    writes: before.writes + 1,
  })
  const after = await host.hood.spent('This page, you')
  expect(after.dollars).toBeGreaterThan(before.dollars)
  // By anybody.
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await expect
    .poll(() => host.hood.spent('This game, by anybody here'))
    .toMatchObject({ writes: ofGame.writes + 2 })
  expect(await host.hood.spent('This page, you')).toEqual(after)

  for (const [line, units] of [['… polled once a second', 0.5], ['… polled by both players', 1]] as const) {
    const polled = await host.hood.spent(line)
    expect(polled.reads).toBe(polled.requests * units)
    await expect.poll(async () => (await host.hood.spent(line)).requests).toBeGreaterThan(polled.requests)
    await expect.poll(async () => (await host.hood.spent(line)).reads).toBeGreaterThan(polled.reads)
  }
})

test.describe('a race', () => {
  test('of a move: one is made, the others are refused, and the game goes on', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    for (const player of [host, guest]) await player.game.openLive(game.game_id)
    await host.hood.open()
    await host.hood.race(8, 'MiddleMiddle')
    await expect(host.hood.raceResult).toHaveText('8 moves to Middle middle at once: 1 was made, 7 refused.')
    await expect(host.hood.racers.of('Move')).toHaveCount(8)
    await expect(host.hood.racers.rows.filter({ hasText: 'False: attribute_not_exists(MiddleMiddle)' })).toHaveCount(7)
    for (const player of [host, guest]) await player.game.expectBoard({ MiddleMiddle: 'O' })
    await expect(host.hood.raceButton).toHaveCount(0)

    await guest.game.play('TopLeft')
    await expect(host.game.square('TopLeft', 'X')).toBeVisible()
    await expect(host.hood.raceButton).toBeVisible()
    await host.game.play('TopMiddle')
    await guest.game.expectBoard({ MiddleMiddle: 'O', TopLeft: 'X', TopMiddle: 'O' })
  })

  test('of an acceptance: one begins the game', async ({ host, guest }) => {
    const game = await host.api.invite(guest.name)
    for (const player of [host, guest]) await player.game.openLive(game.game_id)
    await guest.hood.open()
    await guest.hood.race(5)
    await expect(guest.hood.raceResult).toHaveText('5 acceptances at once: 1 was made, 4 refused.')
    await expect(host.game.status('Your turn')).toBeVisible()
    await host.game.play('TopLeft')
    await expect(guest.game.status('Your turn')).toBeVisible()
  })
})

test.describe('broken on purpose', () => {
  for (const { fault, row, move } of [
    { fault: 'answer-lost', row: ['2 attempts', '1. no answer', '2. ConditionalCheckFailedException'], move: 'condition refused it' },
    { fault: 'throttled', row: ['2 attempts', '1. ThrottlingException (throttled on purpose)', '2. answered'], move: 'done' },
    { fault: 'delayed', row: ['delayed by 1.5 s'], move: 'done' },
    { fault: 'duplicated', row: ['delivered twice: the second got ConditionalCheckFailedException'], move: 'done' },
  ] as const) {
    test(`${fault}: both pages stay true, and the row shows what was done about it`, async ({ host, guest }) => {
      const game = await startGame(host, guest)
      for (const player of [host, guest]) await player.game.openLive(game.game_id)
      await host.hood.open()
      await host.hood.setFault(fault, true)
      await host.game.play('TopLeft')
      const shown = host.hood.requests.of('Move')
      await expect(shown.getByText(move, { exact: true })).toBeVisible()
      for (const text of row) await expect(shown).toContainText(text)
      for (const player of [host, guest]) await player.game.expectBoard({ TopLeft: 'O' })
      await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
      await expect(guest.game.status('Your turn')).toBeVisible()
      await expect(host.game.alert(/./)).toHaveCount(0)

      // The other's requests meet nothing, and it is over when it is switched off.
      await guest.game.play('MiddleMiddle')
      await expect(host.game.status('Your turn')).toBeVisible()
      await host.hood.setFault(fault, false)
      await host.game.play('TopMiddle')
      await expect(shown).toHaveCount(2)
      await expect(shown.filter({ hasText: 'Attempts' })).toHaveCount(1)
      for (const player of [host, guest]) await player.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' })
      expect((await guest.api.game(game.game_id)).moves).toEqual(['TopLeft', 'MiddleMiddle', 'TopMiddle'])
    })
  }

  test('stream-cut: the page says that it hears nothing, and catches up when it is mended', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.api.play(game.game_id, 'TopLeft', 0)
    await host.game.openLive(game.game_id)
    await host.game.noteConnection()
    await guest.game.openLive(game.game_id)
    await host.hood.open()
    host.console.expectConnectionLoss()
    host.console.expectStatus(503)
    await host.hood.setFault('stream-cut', true)
    await expect(host.game.connectionLost).toBeVisible()
    await guest.game.play('MiddleMiddle')
    await expect(guest.game.square('MiddleMiddle', 'X')).toBeVisible()
    // The panel goes on: it is how this is switched off.
    await expect(host.hood.attribute('MiddleMiddle')).toContainText('"X"')
    await host.game.expectBoard({ TopLeft: 'O' })

    await host.hood.setFault('stream-cut', false)
    await expect(host.game.square('MiddleMiddle', 'X')).toBeVisible()
    await expect(host.game.connectionLost).toHaveCount(0)
    await expect(host.game.status('Your turn')).toBeVisible()
    expect((await host.game.connectionNotes()).join()).toContain('Connection lost')
    await host.game.play('TopMiddle')
    await expect(guest.game.square('TopMiddle', 'O')).toBeVisible()
  })

  test('all at once, a whole game is won and lost as without', async ({ host, guest, faults }) => {
    const game = await startGame(host, guest)
    for (const player of [host, guest]) await player.game.openLive(game.game_id)
    await faults(host, 'answer-lost', 'duplicated')
    const mend = await faults(guest, 'throttled', 'delayed')
    for (const [n, square] of (['TopLeft', 'MiddleLeft', 'TopMiddle', 'MiddleMiddle', 'TopRight'] as const).entries()) {
      const mover = n % 2 === 0 ? host : guest
      await expect(mover.game.status('Your turn')).toBeVisible()
      await mover.game.play(square)
    }
    await expect(host.game.status('You won')).toBeVisible()
    await expect(guest.game.status('You lost')).toBeVisible()
    await mend()
    expect((await guest.api.game(game.game_id)).moves).toHaveLength(5)
  })
})

for (const [name, open] of [
  ['home', async (me: Player) => me.home.openLive()],
  [
    'a game',
    async (me: Player, other: Player) => {
      const game = await startGame(me, other)
      await playMoves(me, other, game.game_id, ['TopLeft', 'MiddleMiddle'])
      await me.game.openLive(game.game_id)
    },
  ],
] as const) {
  test(`beside ${name} it is accessible in light and dark, and fits a phone`, async ({ newPlayer }) => {
    const me = await newPlayer({ as: 'mmmmmmmmmmm', browser: { viewport: { width: 1280, height: 800 } } })
    const other = await newPlayer({ as: 'wwwwwwwwwww' })
    await open(me, other)
    await me.hood.open()
    await me.hood.setFault('throttled', true)
    if (name === 'a game') {
      await expect(me.hood.indexes).toContainText('HostId')
      await me.hood.race(3, 'TopRight')
      await expect(me.hood.raceResult).toBeVisible()
    }
    await me.hood.expectToSuitEverybody(name)
  })
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a link leads to the same for that page, and its forms work', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.open(game.game_id)
    await expect(host.hood.openButton).toHaveCount(0)
    await host.hood.linkWithoutScript.click()
    await expect(host.page).toHaveURL(/\/inspector$/)
    // It knows the page from which it was opened.
    await expect(host.hood.attribute('GameId')).toContainText(game.game_id)
    await expect(host.hood.requests.of('One game').last()).toBeVisible()

    await host.hood.race(4, 'MiddleMiddle')
    await expect(host.page.getByRole('status')).toHaveText('4 moves to Middle middle at once: 1 was made, 3 refused.')
    expect((await guest.api.game(game.game_id)).moves).toEqual(['MiddleMiddle'])

    await host.page.goBack()
    await host.hood.switch('throttled').click()
    const after = host.page.getByRole('switch', { name: 'Throttled', exact: true })
    await expect(after).toBeChecked()
    await after.click()
    await expect(after).not.toBeChecked()
  })
})
