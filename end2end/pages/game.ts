import { expect, type Locator } from '@playwright/test'
import { type MarkName, SQUARES, type SquareName } from '../fixtures/api'
import { AnyPage } from './page'

/** A game's page, for a player or for somebody who watches. */
export class GamePage extends AnyPage {
  readonly board: Locator = this.page.getByRole('group', { name: 'Board', exact: true })
  readonly squares: Locator = this.board.getByRole('button')
  readonly acceptButton: Locator = this.button('Accept')
  readonly declineButton: Locator = this.button('Decline')
  readonly cancelButton: Locator = this.button('Cancel')
  /** What a page says whose game was removed while it was open. */
  readonly gone: Locator = this.status('This game no longer exists: the invitation was declined, cancelled or has expired.')
  readonly logInLink: Locator = this.link('Log in to play')
  readonly rematchButton: Locator = this.button('Rematch')

  async open(gameId: string): Promise<void> {
    await this.page.goto(`/games/${gameId}`)
    await expect(this.board).toBeVisible()
  }

  /** Opens it and waits until it follows changes by itself. */
  async openLive(gameId: string): Promise<void> {
    await this.live(() => this.open(gameId))
  }

  title(host: string, opponent: string): Locator {
    return this.heading(`${host} vs ${opponent}`)
  }

  /** The sentence about an invited name that has no account yet. */
  noAccountYet(name: string): Locator {
    return this.page.getByText(`There is no player called ${name} yet.`)
  }

  /** The status word among the details. */
  statusWord(word: 'PENDING' | 'IN_PROGRESS' | 'FINISHED'): Locator {
    return this.page.getByText(word, { exact: true })
  }

  /** A square, found by its name and by what is on it. */
  square(square: SquareName, mark: MarkName | 'empty'): Locator {
    return this.board.getByRole('button', { name: `${words(square)}, ${mark}`, exact: true })
  }

  async play(square: SquareName): Promise<void> {
    await this.square(square, 'empty').click()
  }

  /** Presses a square that can't be played, which Playwright would not do by itself. */
  async press(square: SquareName, mark: MarkName | 'empty'): Promise<void> {
    const button = this.square(square, mark)
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await button.click({ force: true })
  }

  /** Moves the keyboard's focus to a square as a person would, by Tab. */
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

  /** Asserts what is on every square. */
  async expectBoard(board: Partial<Record<SquareName, MarkName>>): Promise<void> {
    await expect(this.squares).toHaveCount(9)
    for (const [square, mark] of Object.entries(board)) {
      await expect(this.square(square as SquareName, mark)).toBeVisible()
    }
    await expect(this.board.getByRole('button', { name: /, empty$/ })).toHaveCount(9 - Object.keys(board).length)
  }

  /** What the page says at this moment: the marks, every status, every alert. */
  async shown(): Promise<{ board: Partial<Record<SquareName, MarkName>>; statuses: string[]; alerts: string[] }> {
    const texts = (role: 'status' | 'alert') => this.page.getByRole(role).allInnerTexts()
    const labels = await this.squares.evaluateAll((squares) => squares.map((square) => square.ariaLabel ?? ''))
    const marks = SQUARES.map((square, n) => [square, labels[n]?.replace(`${words(square)}, `, '')] as const)
    return {
      board: Object.fromEntries(marks.filter(([, mark]) => mark !== 'empty')),
      statuses: await texts('status'),
      alerts: await texts('alert'),
    }
  }

  /** Asserts that within 3 seconds the page is right: these marks, this one status, nothing to complain of. */
  async expectRightSoon(board: Partial<Record<SquareName, MarkName>>, status: string): Promise<void> {
    await expect
      .poll(() => this.shown(), { timeout: 3_000, intervals: [50] })
      .toEqual({ board, statuses: [status], alerts: [] })
  }

  /** The id in the page's address. */
  async gameId(): Promise<string> {
    // The path, not the whole address: that of the log-in page names the game as well.
    await this.page.waitForURL((url) => /^\/games\/[0-9a-f-]{36}$/.test(url.pathname))
    return new URL(this.page.url()).pathname.slice('/games/'.length)
  }
}

/** `TopLeft` as people read it: `Top left`. */
export function words(square: SquareName): string {
  return square.replace(/(?<=.)[A-Z]/, (letter) => ` ${letter.toLowerCase()}`)
}
