// Tests of the guide and its runnable examples.
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

/** The description of each example and the requests that it makes. */
const EXAMPLES: { description: string; rows: string[]; rejected: number }[] = [
  { description: 'Reads the hash that your password is compared with', rows: ['GetItem Log in'], rejected: 0 },
  { description: 'Reads your session.', rows: ['GetItem Who is logged in?'], rejected: 0 },
  { description: 'Deletes a session that does not exist', rows: ['DeleteItem Log out'], rejected: 0 },
  { description: 'Reads the keys of your sessions', rows: ['Query All sessions of a player'], rejected: 0 },
  { description: 'Reads the invitations that wait for your answer.', rows: ['Query My invitations'], rejected: 0 },
  { description: 'Reads the invitations that you have sent.', rows: ['Query My sent invitations'], rejected: 0 },
  // Turns are read for listed games only, and there are none.
  {
    description: 'Reads your games in progress from both indexes.',
    rows: Array(2).fill('Query Games in progress'),
    rejected: 0,
  },
  {
    description: 'Reads your finished games from both indexes.',
    rows: Array(2).fill('Query Finished games'),
    rejected: 0,
  },
  { description: 'Reads two games by their keys', rows: ['BatchGetItem Whose turn, for a page of games'], rejected: 0 },
  { description: 'Reads a temporary game', rows: Array(2).fill('GetItem One game'), rejected: 0 },
  { description: 'Puts a temporary invitation twice', rows: Array(2).fill('PutItem Invite'), rejected: 1 },
  { description: 'Accepts a temporary invitation', rows: Array(2).fill('UpdateItem Accept'), rejected: 1 },
  {
    description: 'Declines a temporary invitation',
    rows: ['DeleteItem Decline', 'DeleteItem Decline', 'GetItem One game'],
    rejected: 1,
  },
  {
    description: 'Cancels a temporary invitation',
    rows: ['DeleteItem Cancel', 'DeleteItem Cancel', 'GetItem One game'],
    rejected: 1,
  },
  { description: 'Makes the same move twice', rows: Array(2).fill('UpdateItem Move'), rejected: 1 },
  {
    description: 'Makes the winning move twice',
    rows: Array(2).fill('UpdateItem The move that ends the game'),
    rejected: 1,
  },
  { description: 'Completes a temporary game', rows: Array(2).fill('UpdateItem Complete an older game'), rejected: 1 },
  {
    description: 'Deletes a temporary invitation that is 15 days old',
    rows: ['DeleteItem Expired invitation', 'DeleteItem Expired invitation', 'GetItem One game'],
    rejected: 1,
  },
]

test.beforeEach(({ server }) => {
  test.skip(!server.isManaged, 'an external server may run without the inspector, which the examples need')
})

/** Runs an example and asserts its requests. */
async function run({ guide }: Player, { description, rows, rejected }: (typeof EXAMPLES)[number]): Promise<void> {
  const example = guide.example(description)
  await example.runButton.click()
  await expect.poll(() => example.requests.titles(), description).toEqual(rows)
  await expect(example.requests.rows.filter({ hasText: 'condition failed' }), description).toHaveCount(rejected)
}

test('every example runs in place and leaves no game behind', async ({ host }) => {
  await host.home.openLive()
  await host.guide.footerLink.click()
  await expect(host.page).toHaveURL(/\/guide$/)
  await expect(host.guide.runButtons).toHaveCount(EXAMPLES.length)
  for (const example of EXAMPLES) await run(host, example)
  await expect(host.page).toHaveURL(/\/guide$/)
  // The examples have deleted their games.
  await host.home.open()
  for (const list of ['Invitations', 'Waiting for an answer', 'Games in progress', 'Recent history'] as const) {
    await expect(host.home.list(list).items).toHaveCount(0)
  }
})

test('each request links to its section of the guide and to its source code', async ({ host }) => {
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
      const { status, text } = await host.fetchHtml(path)
      expect(status, path).toBe(200)
      documents.set(path, text)
    }
    if (path === '/guide') headings += 1
    else sources += 1
    const target =
      path === '/guide'
        ? new RegExp(`<h[234] id="${fragment}">`)
        : new RegExp(`<span id="${fragment}">.*\\bfn ${fragment}\\b`)
    expect(documents.get(path), address).toMatch(target)
  }
  expect(headings).toBeGreaterThan(10)
  expect(sources).toBeGreaterThan(10)

  const move = host.guide.example('Makes the same move twice')
  await move.requests.rows.getByRole('link', { name: 'store/games.rs: play', exact: true }).first().click()
  await expect(host.guide.target).toContainText('pub async fn play(')
  await expect(host.guide.target).toBeInViewport()
  await host.page.goBack()
  await run(host, EXAMPLES.find(({ description }) => description.startsWith('Makes the same'))!)
  await move.requests.rows.getByRole('link', { name: 'Guide', exact: true }).first().click()
  await expect(host.guide.target).toHaveText('Move')
  await expect(host.guide.target).toBeInViewport()
})

test('each example asks a visitor to log in', async ({ visitor }) => {
  await visitor.guide.open()
  await expect(visitor.guide.runButtons).toHaveCount(0)
  await expect(visitor.guide.boxes).toHaveCount(EXAMPLES.length)
  await expect(visitor.guide.boxes.getByText(/^Log in to run this here\.$/)).toHaveCount(EXAMPLES.length)
  await visitor.guide.logInLinks.first().click()
  await visitor.login.expectShown()
})

test('running an example after the session has ended shows an error in its box', async ({ host }) => {
  await host.guide.open()
  await host.api.logOut()
  host.console.expectStatus(401)
  const box = host.guide.example('Makes the same move twice')
  await box.runButton.click()
  await expect(box.box).toContainText('You are not logged in')
})

test('the guide is accessible in light and dark, and fits a phone', async ({ newPlayer }) => {
  // The page is long, and axe analyses it four times.
  test.slow()
  const me = await newPlayer({ as: 'mmmmmmmmmmm', browser: { viewport: { width: 1280, height: 800 } } })
  await me.guide.open()
  for (const example of EXAMPLES.slice(-6)) await run(me, example)
  await me.guide.expectAccessible('guide')
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('an example opens a page with its requests', async ({ host }) => {
    await host.guide.open()
    await host.guide.example('Makes the same move twice').runButton.click()
    await expect(host.page).toHaveURL(/\/guide\/run$/)
    const rows = host.page.getByRole('listitem').filter({ hasText: /^\s*UpdateItem Move Games / })
    await expect(rows).toHaveCount(2)
    await expect(rows.filter({ hasText: 'condition failed' })).toHaveCount(1)
  })
})
