// Opens two logged-in players side by side, each in a browser window of their own, on a game that has just begun. Ends
// when both windows are closed, or on Ctrl+C. `--headless` takes one screenshot of both instead.
import { spawnSync } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '../end2end/node_modules/@playwright/test/index.mjs'
import { serverProgram, startServer } from './start-server.mjs'

const PLAYERS = ['ada', 'bob']
const GAME = 'ada:bob:in-progress'
/** The directory of the screenshot and the server's log. */
const OUTPUT = 'target/two-players'
/** The size of each player's half of the screenshot. */
const HALF = { width: 800, height: 900 }

/** Cleanup steps, which run in reverse order at the end. */
const cleanups = []

/** An error that the user can resolve. */
class UserError extends Error {}

function options() {
  try {
    return parseArgs({ options: { headless: { type: 'boolean' }, 'data-dir': { type: 'string' } } }).values
  } catch (error) {
    throw new UserError(`${error.message}; the options are --headless and --data-dir DIRECTORY`)
  }
}

function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'tic-tac-toe-'))
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Creates the players' accounts and the game, and returns the output of `server seed`. */
function seed(data) {
  const players = PLAYERS.flatMap((name) => ['--player', name])
  const seeded = spawnSync(
    serverProgram,
    ['seed', '--json', '--database', 'embedded', '--data-dir', data, ...players, '--game', GAME],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  )
  // The command has printed the reason.
  if (seeded.status !== 0) throw new UserError()
  const result = JSON.parse(seeded.stdout)
  for (const { name, password } of result.players) {
    if (!password) throw new UserError(`${name} has a different password in ${data}: choose another --data-dir`)
  }
  return result
}

/** Opens the game's page for a logged-in player, and waits until its event stream is open. */
async function openPage(browser, origin, { name, password }, path, headless) {
  // In a visible window, the page fills the window.
  const context = await browser.newContext({ baseURL: origin, viewport: headless ? HALF : null })
  const response = await context.request.post('/api/v1/session', { data: { name, password } })
  if (!response.ok()) throw new Error(`${name} can't log in: ${response.status()} ${await response.text()}`)
  const page = await context.newPage()
  const opened = page.waitForResponse((response) => /\/events(\?|$)/.test(response.url()) && response.ok())
  await page.goto(path)
  await page.getByRole('group', { name: 'Board', exact: true }).waitFor()
  await opened
  return page
}

/** Moves a page's window to the left (0) or right (1) half of the screen. */
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

/** Resolves when the player has closed all windows, including those that were opened later. */
function closed(context) {
  return new Promise((resolve) => {
    const watch = (page) => page.on('close', () => context.pages().length === 0 && resolve())
    context.pages().forEach(watch)
    context.on('page', watch)
    context.on('close', resolve)
  })
}

/** Takes one screenshot of all pages, side by side. */
async function takeScreenshot(browser, pages) {
  const screenshots = await Promise.all(pages.map((page) => page.screenshot({ animations: 'disabled' })))
  const images = screenshots.map((image) => `<img src="data:image/png;base64,${image.toString('base64')}">`)
  const both = await browser.newPage({ viewport: { width: HALF.width * pages.length, height: HALF.height } })
  await both.setContent(`<body style="margin: 0; display: flex">${images.join('')}</body>`)
  const path = join(OUTPUT, 'side-by-side.png')
  await both.screenshot({ path })
  return path
}

async function run() {
  const { headless = false, 'data-dir': dataDir } = options()
  const data = dataDir ?? temporaryDirectory()
  const { players, games } = seed(data)
  mkdirSync(OUTPUT, { recursive: true })

  const { server, origin, stop } = await startServer({ data })
  cleanups.push(stop)
  const ended = new Promise((_, reject) => {
    const log = join(OUTPUT, 'server.log')
    server.on('exit', () => reject(new UserError(`the server has ended; see ${log}`)))
    const file = createWriteStream(log)
    for (const output of [server.stdout, server.stderr]) output.pipe(file, { end: false })
  })
  ended.catch(() => {})

  // This script handles the signals: Playwright would end the process before the server is stopped.
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, headless, ...signals })
  cleanups.push(() => browser.close())
  const pages = []
  for (const [half, player] of players.entries()) {
    const page = await openPage(browser, origin, player, games[0].path, headless)
    pages.push(page)
    if (!headless) await place(page, half)
  }
  if (headless) {
    console.log(`==> The screenshot is ${await takeScreenshot(browser, pages)}`)
    return
  }
  console.log(`==> ${players.map(({ name }) => name).join(' and ')} play at ${origin}${games[0].path}`)
  console.log('==> To end, close both windows or press Ctrl+C')
  const disconnected = new Promise((resolve) => browser.on('disconnected', resolve))
  const allClosed = Promise.all(pages.map((page) => closed(page.context())))
  await Promise.race([allClosed, disconnected, ended])
}

const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve())
})
const running = run()
// After a signal, the cleanup makes the running step fail.
running.catch(() => {})
let status = 0
try {
  await Promise.race([running, interrupted])
} catch (error) {
  if (!(error instanceof UserError)) console.error(error)
  else if (error.message) console.error(`Error: ${error.message}`)
  status = 1
} finally {
  for (const cleanup of cleanups.reverse()) await cleanup()
}
// Ends everything that was about to start.
process.exit(status)
