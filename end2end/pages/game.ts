import { expect, type Locator } from '@playwright/test'
import { type MarkName, SQUARES, type SquareName } from '../fixtures/api'
import { BasePage, escapeRegExp } from './base-page'

/** A game's page, as its players and watchers see it. */
export class GamePage extends BasePage {
  readonly board: Locator = this.page.getByRole('group', { name: 'Board', exact: true })
  readonly squares: Locator = this.board.getByRole('button')
  readonly acceptButton: Locator = this.button('Accept')
  readonly declineButton: Locator = this.button('Decline')
  readonly cancelButton: Locator = this.button('Cancel')
  /** The status of an open page after its game was deleted. */
  readonly deletedNotice: Locator = this.status(
    'This game no longer exists: the invitation was declined, cancelled or has expired.',
  )
  readonly logInLink: Locator = this.link('Log in to play')
  readonly rematchButton: Locator = this.button('Rematch')

  async open(gameId: string): Promise<void> {
    await this.page.goto(`/games/${gameId}`)
    await expect(this.board).toBeVisible()
  }

  /** Opens the page and waits until it receives changes live. */
  async openLive(gameId: string): Promise<void> {
    await this.waitForLiveStream(() => this.open(gameId))
  }

  title(host: string, opponent: string): Locator {
    return this.heading(`${host} vs ${opponent}`)
  }

  /** Asserts the status in the page's title, which people see while the tab is hidden. */
  async expectTitle(status: string, options?: { timeout: number }): Promise<void> {
    await expect(this.page).toHaveTitle(new RegExp(`^${escapeRegExp(status)} · `), options)
  }

  /** The notice that the invited name has no account yet. */
  noAccountNotice(name: string): Locator {
    return this.page.getByText(`No player is called ${name} yet.`)
  }

  /** The status word in the game's details. */
  statusWord(word: 'PENDING' | 'IN_PROGRESS' | 'FINISHED'): Locator {
    return this.page.getByText(word, { exact: true })
  }

  /** The square with that mark on it. */
  square(square: SquareName, mark: MarkName | 'empty'): Locator {
    return this.board.getByRole('button', { name: `${squareLabel(square)}, ${mark}`, exact: true })
  }

  async play(square: SquareName): Promise<void> {
    await this.square(square, 'empty').click()
  }

  /** Presses a square that can't be played. Playwright does not click a disabled element unless forced. */
  async pressDisabled(square: SquareName, mark: MarkName | 'empty'): Promise<void> {
    const button = this.square(square, mark)
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await button.click({ force: true })
  }

  /** Moves the focus to a square with the Tab key. */
  async moveFocusTo(square: SquareName): Promise<void> {
    const target = this.square(square, 'empty')
    const [first] = await this.squares.all()
    await first?.focus()
    for (let press = 0; press < 9; press += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return
      await this.page.keyboard.press('Tab')
    }
    await expect(target).toBeFocused()
  }

  /** Asserts the marks on the board. All other squares must be empty. */
  async expectBoard(board: Partial<Record<SquareName, MarkName>>): Promise<void> {
    await expect(this.squares).toHaveCount(9)
    for (const [square, mark] of Object.entries(board)) {
      await expect(this.square(square as SquareName, mark)).toBeVisible()
    }
    await expect(this.board.getByRole('button', { name: /, empty$/ })).toHaveCount(9 - Object.keys(board).length)
  }

  /** Reads the marks, the statuses and the alerts that the page shows now. */
  async readState(): Promise<{ board: Partial<Record<SquareName, MarkName>>; statuses: string[]; alerts: string[] }> {
    const texts = (role: 'status' | 'alert') => this.page.getByRole(role).allInnerTexts()
    const labels = await this.squares.evaluateAll((squares) => squares.map((square) => square.ariaLabel ?? ''))
    const marks = SQUARES.map((square, n) => [square, labels[n]?.replace(`${squareLabel(square)}, `, '')] as const)
    return {
      board: Object.fromEntries(marks.filter(([, mark]) => mark !== 'empty')),
      statuses: await texts('status'),
      alerts: await texts('alert'),
    }
  }

  /** Asserts that within 3 seconds the page shows these marks, this status alone and no alert. */
  async expectUpToDate(board: Partial<Record<SquareName, MarkName>>, status: string): Promise<void> {
    await expect
      .poll(() => this.readState(), { timeout: 3_000, intervals: [50] })
      .toEqual({ board, statuses: [status], alerts: [] })
  }

  /** Waits for a game's page and returns the game id of its URL. */
  async gameId(): Promise<string> {
    // Match the path alone: the log-in page has the game id in its query.
    await this.page.waitForURL((url) => /^\/games\/[0-9a-f-]{36}$/.test(url.pathname))
    return new URL(this.page.url()).pathname.slice('/games/'.length)
  }
}

/** The accessible name of a square: `Top left` for `TopLeft`. */
export function squareLabel(square: SquareName): string {
  return square.replace(/(?<=.)[A-Z]/, (letter) => ` ${letter.toLowerCase()}`)
}
