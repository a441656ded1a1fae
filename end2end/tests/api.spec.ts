import { GAMES } from '../fixtures/games'
import { expect, test } from '../fixtures/test'

test('a bot on the JSON API plays a person in a browser', async ({ host: bot, guest: person }) => {
  await person.home.openLive()
  const game = await bot.api.invite(person.name)
  expect(game).toMatchObject({ status: 'PENDING', turn: null, board: {}, moves: [], result: null })

  await person.home.list('Invitations').button(bot.name, 'Accept').click()
  expect(await person.game.gameId()).toBe(game.game_id)
  await expect(person.game.status(`Waiting for ${bot.name}`)).toBeVisible()

  for (const [ply, square] of GAMES.guestWins.entries()) {
    if (ply % 2 === 0) {
      const after = await bot.api.play(game.game_id, square, ply)
      expect(after.moves).toEqual(GAMES.guestWins.slice(0, ply + 1))
      await expect(person.game.square(square, 'O')).toBeVisible()
    } else {
      await expect(person.game.status('Your turn')).toBeVisible()
      await person.game.play(square)
      await expect(person.game.square(square, 'X')).toBeVisible()
      // The mark appears optimistically. The status changes once the server has stored the move.
      await expect(person.game.status('Your turn')).toHaveCount(0)
      // The bot sees the move on its next request.
      await expect.poll(async () => (await bot.api.game(game.game_id)).moves?.length).toBe(ply + 1)
    }
  }

  await expect(person.game.status('You won')).toBeVisible()
  expect(await bot.api.game(game.game_id)).toMatchObject({ status: 'FINISHED', turn: null, result: person.name })
})

test('a move to an unknown square or in an unknown game is rejected', async ({ host, guest }) => {
  const game = await host.api.invite(guest.name)
  await guest.api.accept(game.game_id)
  expect(await host.api.playRejected(game.game_id, 'Centre', 0)).toMatchObject({ code: 'invalid_request', status: 422 })
  expect(await host.api.playRejected('00000000-0000-4000-8000-000000000000', 'TopLeft', 0)).toMatchObject({
    code: 'no_such_game',
    status: 404,
  })
})
