// The guide, whose examples run where it speaks of them.
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

/** What each box promises, and the rows that come of it. */
const EXAMPLES: { promise: string; rows: string[]; refused: number }[] = [
  { promise: 'Tries to register your own name once more.', rows: ['PutItem Register'], refused: 1 },
  { promise: 'Reads what your password is compared with', rows: ['GetItem Log in'], refused: 0 },
  { promise: 'Reads your session;', rows: ['GetItem Who is logged in?'], refused: 0 },
  { promise: 'Deletes a session that does not exist', rows: ['DeleteItem Log out'], refused: 0 },
  { promise: 'Reads the invitations that wait for your answer.', rows: ['Query My invitations'], refused: 0 },
  { promise: 'Reads the invitations that you have sent.', rows: ['Query My sent invitations'], refused: 0 },
  // Nobody's turn is asked for where nobody plays.
  { promise: 'Reads your games in progress from both indexes.', rows: Array(2).fill('Query Games in progress'), refused: 0 },
  { promise: 'Reads your finished games from both indexes.', rows: Array(2).fill('Query Finished games'), refused: 0 },
  { promise: 'Reads two games, made for this', rows: ['BatchGetItem Whose turn, for a page of games'], refused: 0 },
  { promise: 'Reads a game, made for this', rows: Array(2).fill('GetItem One game'), refused: 0 },
  { promise: 'Puts an invitation twice', rows: Array(2).fill('PutItem Invite'), refused: 1 },
  { promise: 'Accepts an invitation', rows: Array(2).fill('UpdateItem Accept'), refused: 1 },
  { promise: 'Declines an invitation', rows: ['DeleteItem Decline', 'DeleteItem Decline', 'GetItem One game'], refused: 1 },
  { promise: 'Takes back an invitation', rows: ['DeleteItem Cancel', 'DeleteItem Cancel', 'GetItem One game'], refused: 1 },
  { promise: 'Makes the same move twice', rows: Array(2).fill('UpdateItem Move'), refused: 1 },
  { promise: 'Makes the winning move twice', rows: Array(2).fill('UpdateItem The move that ends the game'), refused: 1 },
  { promise: 'Completes a won game', rows: Array(2).fill('UpdateItem Complete an older game'), refused: 1 },
  {
    promise: 'Removes an invitation that is 15 days old',
    rows: ['DeleteItem Expired invitation', 'DeleteItem Expired invitation', 'GetItem One game'],
    refused: 1,
  },
]

test.beforeEach(({ server }) => {
  test.skip(!server.isOurs, 'what is not ours may run without the inspector, and then nothing can be tried')
})

/** Runs one and asserts what comes of it. */
async function run({ guide }: Player, { promise, rows, refused }: (typeof EXAMPLES)[number]): Promise<void> {
  const example = guide.box(promise)
  await example.runButton.click()
  await expect.poll(() => example.answer.titles(), promise).toEqual(rows)
  await expect(example.answer.rows.filter({ hasText: 'condition refused it' }), promise).toHaveCount(refused)
}

test('from the footer, every example runs in its place', async ({ host }) => {
  await host.home.openLive()
  await host.guide.footerLink.click()
  await expect(host.page).toHaveURL(/\/guide$/)
  await expect(host.guide.runButtons).toHaveCount(EXAMPLES.length)
  for (const example of EXAMPLES) await run(host, example)
  await expect(host.page).toHaveURL(/\/guide$/)
  // None of them is left.
  await host.home.open()
  for (const list of ['Invitations', 'Waiting for an answer', 'Games in progress', 'Recent history'] as const) {
    await expect(host.home.list(list).items).toHaveCount(0)
  }
})

test('each row leads to what the guide says of it, and to the line that asked', async ({ host }) => {
  await host.guide.open()
  for (const example of EXAMPLES) await run(host, example)
  const links = host.guide.boxes.getByRole('link')
  const addresses = new Set(await links.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? '')))
  const documents = new Map<string, string>()
  let headings = 0
  let sources = 0
  for (const address of addresses) {
    const [path = '', fragment = ''] = address.split('#')
    if (!documents.has(path)) {
      const { status, text } = await host.html(path)
      expect(status, path).toBe(200)
      documents.set(path, text)
    }
    if (path === '/guide') headings += 1
    else sources += 1
    const target = path === '/guide' ? new RegExp(`<h[234] id="${fragment}">`) : new RegExp(`<span id="${fragment}">.*\\bfn ${fragment}\\b`)
    expect(documents.get(path), address).toMatch(target)
  }
  expect(headings).toBeGreaterThan(10)
  expect(sources).toBeGreaterThan(10)

  const move = host.guide.box('Makes the same move twice')
  await move.answer.rows.getByRole('link', { name: 'store/games.rs: play', exact: true }).first().click()
  await expect(host.guide.target).toContainText('pub async fn play(')
  await expect(host.guide.target).toBeInViewport()
  await host.page.goBack()
  await run(host, EXAMPLES.find(({ promise }) => promise.startsWith('Makes the same'))!)
  await move.answer.rows.getByRole('link', { name: 'Guide', exact: true }).first().click()
  await expect(host.guide.target).toHaveText('Move')
  await expect(host.guide.target).toBeInViewport()
})

test('somebody who is not logged in is told so in each box', async ({ visitor }) => {
  await visitor.guide.open()
  await expect(visitor.guide.runButtons).toHaveCount(0)
  await expect(visitor.guide.boxes).toHaveCount(EXAMPLES.length)
  await expect(visitor.guide.boxes.getByText(/^Log in to run this here\.$/)).toHaveCount(EXAMPLES.length)
  await visitor.guide.logInLinks.first().click()
  await visitor.login.expectShown()
})

test('somebody whose session has ended is told so where they press', async ({ host }) => {
  await host.guide.open()
  await host.api.logOut()
  host.console.expectStatus(401)
  const box = host.guide.box('Makes the same move twice')
  await box.runButton.click()
  await expect(box.box).toContainText('You are not logged in')
})

test('it is accessible in light and dark, and fits a phone', async ({ newPlayer }) => {
  // It is a long page to look through, four times.
  test.slow()
  const me = await newPlayer({ as: 'mmmmmmmmmmm', browser: { viewport: { width: 1280, height: 800 } } })
  await me.guide.open()
  for (const example of EXAMPLES.slice(-6)) await run(me, example)
  await me.guide.expectToSuitEverybody('guide')
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('an example leads to a page with its rows', async ({ host }) => {
    await host.guide.open()
    await host.guide.box('Makes the same move twice').runButton.click()
    await expect(host.page).toHaveURL(/\/guide\/run$/)
    const rows = host.page.getByRole('listitem').filter({ hasText: /^\s*UpdateItem Move Games / })
    await expect(rows).toHaveCount(2)
    await expect(rows.filter({ hasText: 'condition refused it' })).toHaveCount(1)
  })
})
