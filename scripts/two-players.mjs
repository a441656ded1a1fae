// Two logged-in players side by side, each in a browser window of their own, on a game that has just begun.
// Ends when both windows are closed, or on Ctrl+C. `--headless` takes a picture of both instead.
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '../end2end/node_modules/@playwright/test/index.mjs'
import { serverProgram, startServer } from './server.mjs'

const PLAYERS = ['ada', 'bob']
const GAME = 'ada:bob:in-progress'
/** Where the picture and the server's log go. */
const OUTPUT = 'target/two-players'
/** Of each player's half of the picture. */
const HALF = { width: 800, height: 900 }

/** What is to be undone at the end, the last first. */
const undo = []

/** What somebody can do something about. */
class Complaint extends Error {}

function options() {
  try {
    return parseArgs({ options: { headless: { type: 'boolean' }, 'data-dir': { type: 'string' } } }).values
  } catch (error) {
    throw new Complaint(`${error.message}; there are --headless and --data-dir DIRECTORY`)
  }
}

function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'tic-tac-toe-'))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The players' accounts and the game, as `server seed` tells of them. */
function seed(data) {
  const players = PLAYERS.flatMap((name) => ['--player', name])
  const seeded = spawnSync(
    serverProgram,
    ['seed', '--json', '--database', 'embedded', '--data-dir', data, ...players, '--game', GAME],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  // It has said why.
  if (seeded.status !== 0) throw new Complaint()
  const said = JSON.parse(seeded.stdout)
  for (const { name, password } of said.players) {
    if (!password) throw new Complaint(`${name} has another password in ${data}; choose another --data-dir`)
  }
  return said
}

/** A logged-in player's page of the game, following it live. */
async function openPage(browser, origin, { name, password }, path, headless) {
  // In a window that people see, the page is as large as the window.
  const context = await browser.newContext({ baseURL: origin, viewport: headless ? HALF : null })
  const answer = await context.request.post('/api/v1/session', { data: { name, password } })
  if (!answer.ok()) throw new Error(`${name} can't log in: ${answer.status()} ${await answer.text()}`)
  const page = await context.newPage()
  const following = page.waitForResponse((response) => /\/events(\?|$)/.test(response.url()) && response.ok())
  await page.goto(path)
  await page.getByRole('group', { name: 'Board', exact: true }).waitFor()
  await following
  return page
}

/** Puts a page's window on the left half of the screen (0) or the right one (1). */
async function place(page, half) {
  const session = await page.context().newCDPSession(page)
  const screen = await page.evaluate(() => {
    const { availLeft: left, availTop: top, availWidth: width, availHeight: height } = window.screen
    return { left, top, width, height }
  })
  const width = Math.floor(screen.width / 2)
  const bounds = { left: screen.left + half * width, top: screen.top, width, height: screen.height }
  const { windowId } = await session.send('Browser.getWindowForTarget')
  await session.send('Browser.setWindowBounds', { windowId, bounds })
  await session.detach()
}

/** Resolves when the player has closed every window, also those opened later. */
function closed(context) {
  return new Promise((resolve) => {
    const watch = (page) => page.on('close', () => context.pages().length === 0 && resolve())
    context.pages().forEach(watch)
    context.on('page', watch)
    context.on('close', resolve)
  })
}

/** Takes one picture of all pages, side by side. */
async function takePicture(browser, pages) {
  const pictures = await Promise.all(pages.map((page) => page.screenshot({ animations: 'disabled' })))
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture.toString('base64')}">`)
  const both = await browser.newPage({ viewport: { width: HALF.width * pages.length, height: HALF.height } })
  await both.setContent(`<body style="margin: 0; display: flex">${images.join('')}</body>`)
  const path = join(OUTPUT, 'side-by-side.png')
  await both.screenshot({ path })
  return path
}

async function run() {
  const { headless = false, 'data-dir': dataDir } = options()
  const data = dataDir ?? temporaryFolder()
  const { players, games } = seed(data)
  mkdirSync(OUTPUT, { recursive: true })

  const { server, origin, stop } = await startServer({ data })
  undo.push(stop)
  const ended = new Promise((_, reject) => {
    const log = join(OUTPUT, 'server.log')
    server.on('exit', () => reject(new Complaint(`the server has ended; ${log} says more`)))
    const file = createWriteStream(log)
    for (const output of [server.stdout, server.stderr]) output.pipe(file, { end: false })
  })
  ended.catch(() => {})

  // The signals are ours: Playwright would end this process before the server is stopped.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless, ...signals })
  undo.push(() => browser.close())
  const pages = []
  for (const [half, player] of players.entries()) {
    const page = await openPage(browser, origin, player, games[0].path, headless)
    pages.push(page)
    if (!headless) await place(page, half)
  }
  if (headless) {
    console.log(`==> Both players are in ${await takePicture(browser, pages)}`)
    return
  }
  console.log(`==> ${players.map(({ name }) => name).join(' and ')} play at ${origin}${games[0].path}`)
  console.log('==> Close both windows, or press Ctrl+C, to end')
  const gone = new Promise((resolve) => browser.on('disconnected', resolve))
  const allClosed = Promise.all(pages.map((page) => closed(page.context())))
  await Promise.race([allClosed, gone, ended])
}

const asked = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve('asked to end'))
})
const running = run()
// After a signal, what it was about fails by being undone.
running.catch(() => {})
let status = 0
try {
  await Promise.race([running, asked])
} catch (error) {
  if (!(error instanceof Complaint)) console.error(error)
  else if (error.message) console.error(`Error: ${error.message}`)
  status = 1
} finally {
  for (const step of undo.reverse()) await step()
}
// Whatever was just being started ends with this process.
process.exit(status)
