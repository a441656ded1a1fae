// Measures the load that the yardstick game puts on a server: bytes, requests, log lines, processor time. Two browsers
// play it through a proxy that counts the server's output, including HTTP headers but no TLS. The database is embedded.
// There are no pauses between the moves, because a waiting page receives only pings.
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { chromium } from '../../end2end/node_modules/@playwright/test/index.mjs'
import { startServer } from '../start-server.mjs'

const PASSWORD = 'correct horse'
const NAMES = ['ada', 'bob']
const GAMES = 10
/** The host wins with the seventh move, as in the Rust test of the cost. */
const MOVES = ['Top left', 'Top middle', 'Middle middle', 'Bottom right', 'Middle left', 'Top right', 'Bottom left']

const count = { sent: 0, connections: 0, requests: 0, logged: 0 }

/** Starts a proxy on a free port that counts the bytes from the server. */
async function countingProxy(port) {
  const proxy = net.createServer((browser) => {
    count.connections += 1
    const server = net.connect(port, '127.0.0.1')
    server.on('data', (chunk) => {
      count.sent += chunk.length
    })
    browser.pipe(server).pipe(browser)
    for (const socket of [browser, server]) socket.on('error', () => browser.destroy(server.destroy()))
  })
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${proxy.address().port}`, close: () => proxy.close() }
}

/** Returns the processor time of the server in milliseconds, or NaN if the system does not provide it. */
function processorTime() {
  try {
    // Fields 14 and 15 of proc_pid_stat(5), in hundredths of a second. The name before them may contain spaces.
    const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return 10 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    return Number.NaN
  }
}

const named = (page, role, name) => page.getByRole(role, { name, exact: true })

/** Loads the home page, as a returning player does, and waits until its event stream is open. */
async function openHome(page) {
  const opened = page.waitForResponse((response) => response.url().includes('/api/v1/events'))
  await page.goto('/')
  await opened
}

async function logIn(page, button) {
  await page.goto('/')
  await named(page, 'textbox', 'Player name').fill(page.name)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await named(page, 'button', button).click()
  await named(page, 'heading', 'Your games').waitFor()
}

/** Plays from logging in to both home pages after the game. */
async function playOneGame([ada, bob]) {
  for (const page of [ada, bob]) await logIn(page, 'Log in')
  await named(ada, 'textbox', 'Opponent').fill('bob')
  await named(ada, 'button', 'Invite').click()
  await named(bob, 'button', 'Accept').click()
  for (const page of [ada, bob]) await named(page, 'heading', 'ada vs bob').waitFor()
  for (const [ply, square] of MOVES.entries()) {
    const [mover, other] = ply % 2 ? [bob, ada] : [ada, bob]
    const marked = named(other, 'button', `${square}, ${ply % 2 ? 'X' : 'O'}`)
    await named(mover, 'button', `${square}, empty`).click()
    await marked.waitFor()
  }
  for (const page of [ada, bob]) await openHome(page)
  for (const page of [ada, bob]) {
    await named(page, 'button', 'Log out').click()
    await named(page, 'button', 'Log in').waitFor()
  }
}

const { server, origin, stop } = await startServer()
for (const output of [server.stdout, server.stderr]) {
  output.on('data', (chunk) => {
    count.logged += chunk.length
  })
}
const proxy = await countingProxy(Number(new URL(origin).port))
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM })
try {
  const pages = []
  for (const name of NAMES) {
    const context = await browser.newContext({ baseURL: proxy.origin })
    const page = await context.newPage()
    page.on('request', () => {
      count.requests += 1
    })
    pages.push(Object.assign(page, { name }))
  }
  const measure = async (name, times, play) => {
    const before = { ...count, processor: processorTime() }
    for (let n = 0; n < times; n += 1) await play()
    const after = { ...count, processor: processorTime() }
    const each = (key) => (after[key] - before[key]) / times
    console.log(
      `${name.padEnd(40)} ${(each('sent') / 1000).toFixed(1).padStart(6)} KB sent   ` +
        `${each('requests').toFixed(1).padStart(5)} requests   ${each('connections').toFixed(1)} connections   ` +
        `${(each('logged') / 1000).toFixed(1)} KB logged   ${each('processor').toFixed(0)} ms of processor time`,
    )
  }
  await measure('first visits and accounts, both players', 1, async () => {
    for (const page of pages) {
      await logIn(page, 'Create account')
      await named(page, 'button', 'Log out').click()
      await named(page, 'button', 'Log in').waitFor()
    }
  })
  await measure(`a game, both players, mean of ${GAMES}`, GAMES, () => playOneGame(pages))
} finally {
  await browser.close()
  proxy.close()
  await stop()
}
