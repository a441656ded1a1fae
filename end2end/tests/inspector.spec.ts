// Tests of the panel "Under the hood", which shows the DynamoDB requests of a page.
import { playMoves, startGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { synchronizeRequests } from '../fixtures/request-barrier'
import { expect, test } from '../fixtures/test'

const PLAY = /\/actions\/play/

test.beforeEach(({ server }) => {
  test.skip(!server.isManaged, 'each instance shows only its own requests, and faults need a local engine')
})

/** Records the documents that a page loads from now on. */
function recordDocumentRequests({ page }: Player): string[] {
  const documents: string[] = []
  page.on('request', (request) => {
    if (request.resourceType() === 'document') documents.push(request.url())
  })
  return documents
}

test.describe('opening and closing', () => {
  test('the button opens and closes the panel, and a reload keeps its state', async ({ host }) => {
    await host.home.openLive()
    await host.inspector.expectClosed()
    await host.inspector.open()
    await expect(host.inspector.requests.withTitle('My invitations')).toHaveCount(1)

    await host.page.reload()
    await host.inspector.expectOpen()
    await host.inspector.toggleButton.press('Enter')
    await host.inspector.expectClosed()

    await host.page.reload()
    await host.home.expectShown()
    await host.inspector.expectClosed()
  })

  test('the panel stays open across pages and shows the content of each', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.home.openLive()
    const documents = recordDocumentRequests(host)
    await host.inspector.open()
    await expect(host.inspector.section('Meter')).toBeVisible()
    await expect(host.inspector.section('The item')).toHaveCount(0)

    await host.home.list('Games in progress').gameLink(guest.name).click()
    await expect(host.inspector.attribute('GameId')).toContainText(game.game_id)
    await expect(host.inspector.indexes).toContainText('HostId-StatusDate-index')
    await expect(host.inspector.requests.withTitle('One game').last()).toBeVisible()

    await host.page.getByRole('link', { name: 'Tic-Tac-Toe', exact: true }).click()
    await host.home.expectShown()
    await expect(host.inspector.section('Meter')).toBeVisible()
    await expect(host.inspector.section('The item')).toHaveCount(0)
    expect(documents).toEqual([])
  })

  test('the keyboard operates the panel, and the focus is kept', async ({ host }) => {
    await host.home.openLive()
    await host.inspector.toggleButton.focus()
    await host.page.keyboard.press('Enter')
    await host.inspector.expectOpen()
    await expect(host.inspector.toggleButton).toBeFocused()

    const fault = host.inspector.faultSwitch('throttled')
    await fault.focus()
    for (const on of [true, false]) {
      await host.page.keyboard.press('Space')
      await expect(fault).toBeChecked({ checked: on })
      await expect(fault).toBeFocused()
    }

    await host.inspector.closeButton.focus()
    await host.page.keyboard.press('Enter')
    await host.inspector.expectClosed()
    await expect(host.inspector.toggleButton).toBeFocused()
  })
})

test.describe('requests', () => {
  test('requests appear live, newest last', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    const documents = recordDocumentRequests(host)
    await host.inspector.open()
    const before = await host.inspector.requests.titles()
    expect(before).toEqual(
      expect.arrayContaining(['PutItem Register', 'TransactWriteItems Begin a session', 'PutItem Invite']),
    )
    expect(before).not.toContain('UpdateItem Move')

    await host.game.play('TopLeft')
    await expect.poll(() => host.inspector.requests.titles()).toEqual([...before, 'UpdateItem Move'])
    await guest.api.play(game.game_id, 'MiddleMiddle', 1)
    await host.game.play('TopMiddle')
    await expect.poll(() => host.inspector.requests.titles()).toEqual([...before, 'UpdateItem Move', 'UpdateItem Move'])

    await host.page.getByRole('link', { name: 'Tic-Tac-Toe', exact: true }).click()
    await host.home.expectShown()
    await expect(host.inspector.requests.withTitle('My invitations')).toHaveCount(1)
    const after = await host.inspector.requests.titles()
    expect(after.slice(0, before.length + 2)).toEqual([...before, 'UpdateItem Move', 'UpdateItem Move'])
    expect(documents).toEqual([])
  })

  test('a move shows its update, its condition and its cost', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    await host.inspector.open()
    await host.game.play('BottomRight')
    const move = host.inspector.requests.withTitle('Move')
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

  test('of two simultaneous moves, the rejected one shows which clause was false', async ({ host, guest, faults }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    await host.inspector.open()
    const tab = await host.openSecondTab(game.game_id)
    await synchronizeRequests([host.page, tab.page], PLAY)
    host.console.expectStatus(409)
    // With the delay, both requests read the game before either writes.
    const disableFaults = await faults(host, 'delayed')
    await host.game.play('TopLeft')
    await tab.play('TopLeft')
    await expect(host.game.square('TopLeft', 'O')).toBeVisible()
    await expect(tab.square('TopLeft', 'O')).toBeVisible()
    await disableFaults()

    const moves = host.inspector.requests.withTitle('Move')
    await expect(moves).toHaveCount(2)
    const rejected = moves.filter({ hasText: 'condition failed' })
    await expect(rejected).toHaveCount(1)
    await expect(rejected).toContainText(`False: Turn = "${host.name}", but the item held Turn = "${guest.name}"`)
    await expect(rejected).toContainText('False: attribute_not_exists(TopLeft), but the item held TopLeft = "O"')
    await expect(rejected).not.toContainText('False: begins_with')
    expect((await guest.api.game(game.game_id)).moves).toEqual(['TopLeft'])
  })

  test("two players never see each other's requests", async ({ host, guest, newPlayer }) => {
    const third = await newPlayer({ as: 'third' })
    const game = await startGame(host, guest)
    for (const player of [host, guest]) {
      await player.game.openLive(game.game_id)
      await player.inspector.open()
    }
    const before = await guest.inspector.requests.titles()
    await host.api.invite(third.name)
    await host.game.play('TopLeft')
    await expect(host.inspector.requests.withTitle('Move')).toHaveCount(1)
    await expect(host.inspector.requests.region).toContainText(third.name)
    // The item arrives on the same stream as requests would.
    await expect(guest.inspector.attribute('TopLeft')).toBeVisible()
    await guest.game.play('MiddleMiddle')
    await expect.poll(() => guest.inspector.requests.titles()).toEqual([...before, 'UpdateItem Move'])
    await expect(guest.inspector.requests.withTitle('Move')).toContainText('SET MiddleMiddle')
    await expect(guest.inspector.panel).not.toContainText(third.name)
  })

  test('a visitor sees the item but no requests', async ({ host, guest, visitor }) => {
    const game = await startGame(host, guest)
    await visitor.game.openLive(game.game_id)
    await visitor.inspector.open()
    await expect(visitor.inspector.logInNotice).toBeVisible()
    await expect(visitor.inspector.attribute('Turn')).toContainText(host.name)
    await host.api.play(game.game_id, 'TopLeft', 0)
    await expect(visitor.inspector.attribute('Turn')).toContainText(guest.name)
    for (const part of ['Requests', 'Meter', 'Race', 'Break it'] as const)
      await expect(visitor.inspector.section(part)).toHaveCount(0)
    await expect(visitor.inspector.panel.getByRole('listitem')).toHaveCount(0)
  })
})

test.describe('the item and its index entries', () => {
  test('the item updates live and marks the changes of the last write', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.openLive(game.game_id)
    await host.inspector.open()
    await expect(host.inspector.attribute('Turn')).toContainText(host.name)
    await host.game.play('TopLeft')
    await expect(host.inspector.attribute('TopLeft')).toHaveText(/"O"\s*new$/)
    await expect(host.inspector.attribute('Moves')).toHaveText(/\["TopLeft"\]\s*new$/)
    await expect(host.inspector.attribute('HostId')).toHaveText(/"\s*$/)

    await guest.api.play(game.game_id, 'MiddleMiddle', 1)
    await expect(host.inspector.attribute('MiddleMiddle')).toHaveText(/"X"\s*new$/)
    await expect(host.inspector.attribute('TopLeft')).toHaveText(/"O"\s*$/)
    await expect(host.inspector.attribute('Turn')).toHaveText(new RegExp(`"${host.name}"\\s*changed$`))
    await expect(host.inspector.attribute('Moves')).toHaveText(/\["TopLeft", "MiddleMiddle"\]\s*changed$/)
    await expect(host.inspector.attribute('StatusDate')).toContainText('IN_PROGRESS_')
  })

  test('index entries are newest first, without the attributes that a move changes', async ({ host, guest }) => {
    const games = []
    for (let n = 0; n < 3; n += 1) games.push(await startGame(host, guest))
    const [oldest, middle, newest] = games.map((game) => game.game_id.slice(0, 8))
    await host.game.openLive(games[1]!.game_id)
    await host.inspector.open()
    await expect(host.inspector.index('HostId-StatusDate-index')).toBeVisible()
    expect(await host.inspector.indexedGameIds('HostId-StatusDate-index')).toEqual([newest, middle, oldest])
    // The opponent's other entries are hidden.
    expect(await host.inspector.indexedGameIds('OpponentId-StatusDate-index')).toEqual([middle])
    for (const name of ['HostId-StatusDate-index', 'OpponentId-StatusDate-index'] as const) {
      await expect(host.inspector.index(name)).toContainText(/Not projected: .*\bTurn\b/)
    }
    await expect(host.inspector.indexes).not.toContainText('"O"')
  })
})

test('the meter shows the cost of a move beside the cost of polling', async ({ host, guest }) => {
  const game = await startGame(host, guest)
  await host.game.openLive(game.game_id)
  await host.inspector.open()
  const before = await host.inspector.meterRow('This page, you')
  const gameBefore = await host.inspector.meterRow('This game, all players')
  await host.game.play('TopLeft')
  await expect
    .poll(() => host.inspector.meterRow('This page, you'))
    .toMatchObject({
      requests: before.requests + 1,
      reads: before.reads,
      writes: before.writes + 1,
    })
  const after = await host.inspector.meterRow('This page, you')
  expect(after.dollars).toBeGreaterThan(before.dollars)
  // The game's row counts both players.
  await guest.api.play(game.game_id, 'MiddleMiddle', 1)
  await expect
    .poll(() => host.inspector.meterRow('This game, all players'))
    .toMatchObject({ writes: gameBefore.writes + 2 })
  expect(await host.inspector.meterRow('This page, you')).toEqual(after)

  for (const [line, units] of [
    ['… polled once a second', 0.5],
    ['… polled by both players', 1],
  ] as const) {
    const polled = await host.inspector.meterRow(line)
    expect(polled.reads).toBe(polled.requests * units)
    await expect.poll(async () => (await host.inspector.meterRow(line)).requests).toBeGreaterThan(polled.requests)
    await expect.poll(async () => (await host.inspector.meterRow(line)).reads).toBeGreaterThan(polled.reads)
  }
})

test.describe('a race', () => {
  test('of several identical moves one succeeds, and the game continues', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    for (const player of [host, guest]) await player.game.openLive(game.game_id)
    await host.inspector.open()
    await host.inspector.race(8, 'MiddleMiddle')
    await expect(host.inspector.raceResult).toHaveText('8 moves to Middle middle at once: 1 succeeded, 7 rejected.')
    await expect(host.inspector.raceRequests.withTitle('Move')).toHaveCount(8)
    await expect(
      host.inspector.raceRequests.rows.filter({ hasText: 'False: attribute_not_exists(MiddleMiddle)' }),
    ).toHaveCount(7)
    for (const player of [host, guest]) await player.game.expectBoard({ MiddleMiddle: 'O' })
    await expect(host.inspector.raceButton).toHaveCount(0)

    await guest.game.play('TopLeft')
    await expect(host.game.square('TopLeft', 'X')).toBeVisible()
    await expect(host.inspector.raceButton).toBeVisible()
    await host.game.play('TopMiddle')
    await guest.game.expectBoard({ MiddleMiddle: 'O', TopLeft: 'X', TopMiddle: 'O' })
  })

  test('of several acceptances one succeeds and starts the game', async ({ host, guest }) => {
    const game = await host.api.invite(guest.name)
    for (const player of [host, guest]) await player.game.openLive(game.game_id)
    await guest.inspector.open()
    await guest.inspector.race(5)
    await expect(guest.inspector.raceResult).toHaveText('5 acceptances at once: 1 succeeded, 4 rejected.')
    await expect(host.game.status('Your turn')).toBeVisible()
    await host.game.play('TopLeft')
    await expect(guest.game.status('Your turn')).toBeVisible()
  })
})

test.describe('faults', () => {
  for (const { fault, row, move } of [
    {
      fault: 'answer-lost',
      row: ['2 attempts', '1. no answer', '2. ConditionalCheckFailedException'],
      move: 'condition failed',
    },
    {
      fault: 'throttled',
      row: ['2 attempts', '1. ThrottlingException (throttled on purpose)', '2. answered'],
      move: 'done',
    },
    { fault: 'delayed', row: ['delayed by 1.5 s'], move: 'done' },
    { fault: 'duplicated', row: ['delivered twice: the second got ConditionalCheckFailedException'], move: 'done' },
  ] as const) {
    test(`${fault}: both pages stay correct, and the request shows how the fault was handled`, async ({
      host,
      guest,
    }) => {
      const game = await startGame(host, guest)
      for (const player of [host, guest]) await player.game.openLive(game.game_id)
      await host.inspector.open()
      await host.inspector.setFault(fault, true)
      await host.game.play('TopLeft')
      const shown = host.inspector.requests.withTitle('Move')
      await expect(shown.getByText(move, { exact: true })).toBeVisible()
      for (const text of row) await expect(shown).toContainText(text)
      for (const player of [host, guest]) await player.game.expectBoard({ TopLeft: 'O' })
      await expect(host.game.status(`Waiting for ${guest.name}`)).toBeVisible()
      await expect(guest.game.status('Your turn')).toBeVisible()
      await expect(host.game.alert(/./)).toHaveCount(0)

      // The fault does not affect the opponent's requests, and ends when it is switched off.
      await guest.game.play('MiddleMiddle')
      await expect(host.game.status('Your turn')).toBeVisible()
      await host.inspector.setFault(fault, false)
      await host.game.play('TopMiddle')
      await expect(shown).toHaveCount(2)
      await expect(shown.filter({ hasText: 'Attempts' })).toHaveCount(1)
      for (const player of [host, guest])
        await player.game.expectBoard({ TopLeft: 'O', MiddleMiddle: 'X', TopMiddle: 'O' })
      expect((await guest.api.game(game.game_id)).moves).toEqual(['TopLeft', 'MiddleMiddle', 'TopMiddle'])
    })
  }

  test('stream-cut: the page reports the disconnection and catches up when the fault ends', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.api.play(game.game_id, 'TopLeft', 0)
    await host.game.openLive(game.game_id)
    await host.game.recordConnectionMessages()
    await guest.game.openLive(game.game_id)
    await host.inspector.open()
    host.console.expectConnectionLoss()
    host.console.expectStatus(503)
    await host.inspector.setFault('stream-cut', true)
    await expect(host.game.connectionLost).toBeVisible()
    await guest.game.play('MiddleMiddle')
    await expect(guest.game.square('MiddleMiddle', 'X')).toBeVisible()
    // The panel's own stream is not cut, so that the fault can be switched off.
    await expect(host.inspector.attribute('MiddleMiddle')).toContainText('"X"')
    await host.game.expectBoard({ TopLeft: 'O' })

    await host.inspector.setFault('stream-cut', false)
    await expect(host.game.square('MiddleMiddle', 'X')).toBeVisible()
    await expect(host.game.connectionLost).toHaveCount(0)
    await expect(host.game.status('Your turn')).toBeVisible()
    expect((await host.game.connectionMessages()).join()).toContain('Connection lost')
    await host.game.play('TopMiddle')
    await expect(guest.game.square('TopMiddle', 'O')).toBeVisible()
  })

  test('a game with several faults at once ends as it would without them', async ({ host, guest, faults }) => {
    const game = await startGame(host, guest)
    for (const player of [host, guest]) await player.game.openLive(game.game_id)
    await faults(host, 'answer-lost', 'duplicated')
    const disableFaults = await faults(guest, 'throttled', 'delayed')
    for (const [n, square] of (['TopLeft', 'MiddleLeft', 'TopMiddle', 'MiddleMiddle', 'TopRight'] as const).entries()) {
      const mover = n % 2 === 0 ? host : guest
      await expect(mover.game.status('Your turn')).toBeVisible()
      await mover.game.play(square)
    }
    await expect(host.game.status('You won')).toBeVisible()
    await expect(guest.game.status('You lost')).toBeVisible()
    await disableFaults()
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
  test(`beside ${name} the panel is accessible in light and dark, and fits a phone`, async ({ newPlayer }) => {
    const me = await newPlayer({ as: 'mmmmmmmmmmm', browser: { viewport: { width: 1280, height: 800 } } })
    const other = await newPlayer({ as: 'wwwwwwwwwww' })
    await open(me, other)
    await me.inspector.open()
    await me.inspector.setFault('throttled', true)
    if (name === 'a game') {
      await expect(me.inspector.indexes).toContainText('HostId')
      await me.inspector.race(3, 'TopRight')
      await expect(me.inspector.raceResult).toBeVisible()
    }
    await me.inspector.expectAccessible(name)
  })
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('a link opens the panel as a separate page whose forms work', async ({ host, guest }) => {
    const game = await startGame(host, guest)
    await host.game.open(game.game_id)
    await expect(host.inspector.toggleButton).toHaveCount(0)
    await host.inspector.noScriptLink.click()
    await expect(host.page).toHaveURL(/\/inspector$/)
    // The panel shows the page that it was opened from.
    await expect(host.inspector.attribute('GameId')).toContainText(game.game_id)
    await expect(host.inspector.requests.withTitle('One game').last()).toBeVisible()

    await host.inspector.race(4, 'MiddleMiddle')
    await expect(host.page.getByRole('status')).toHaveText('4 moves to Middle middle at once: 1 succeeded, 3 rejected.')
    expect((await guest.api.game(game.game_id)).moves).toEqual(['MiddleMiddle'])

    await host.page.goBack()
    await host.inspector.faultSwitch('throttled').click()
    const after = host.page.getByRole('switch', { name: 'Throttled', exact: true })
    await expect(after).toBeChecked()
    await after.click()
    await expect(after).not.toBeChecked()
  })
})
