import { expect, type Locator, type Page, type Response } from '@playwright/test'

/** What all pages have in common. */
export class AnyPage {
  readonly page: Page
  /** The second status of a page whose live stream is broken. */
  readonly connectionLost: Locator

  constructor(page: Page) {
    this.page = page
    this.connectionLost = this.status('Connection lost, reconnecting…')
  }

  /** A live status region with exactly that text. */
  status(text: string): Locator {
    const exactly = new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`)
    return this.page.getByRole('status').filter({ hasText: exactly })
  }

  /** A sentence that says what went wrong and what to do. */
  alert(text: string | RegExp): Locator {
    return this.page.getByRole('alert').filter({ hasText: text })
  }

  protected button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  protected heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true })
  }

  protected link(name: string): Locator {
    return this.page.getByRole('link', { name, exact: true })
  }

  /** Waits until the page's live stream is open, which it is once its WebAssembly runs. */
  protected async live<T>(action: () => Promise<T>): Promise<T> {
    const stream = this.page.waitForResponse(isLiveStream)
    const result = await action()
    await stream
    return result
  }

  /** Resolves when the page closes its live stream, or loses it. */
  async streamEnded(): Promise<void> {
    await this.page.waitForEvent('requestfailed', (request) => LIVE_STREAM.test(request.url()))
  }

  /** Leaves the page's request for a live stream without an answer, so that it hears of nothing. */
  async muteLiveStream(): Promise<void> {
    await this.page.route(LIVE_STREAM, () => {})
  }

  /** Hides the tab, or shows it, as far as its scripts can tell. */
  async setVisibility(state: 'hidden' | 'visible'): Promise<void> {
    await this.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, state)
  }

  /** Asserts that nothing sticks out to the right: the page scrolls up and down only. */
  async expectToFitTheWidth(): Promise<void> {
    const [content, window] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
    expect(content, 'width of the content').toBeLessThanOrEqual(window ?? 0)
  }
}

/** The addresses of live streams. */
const LIVE_STREAM = /\/api\/v1\/(games\/[^/]+\/)?events(\?|$)/

/** Whether that is the answer to a page's subscription to live changes. */
function isLiveStream(response: Response): boolean {
  return LIVE_STREAM.test(response.url()) && response.ok()
}
