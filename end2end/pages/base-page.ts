import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page, type Response } from '@playwright/test'

/** The locators and actions that all pages share. */
export class BasePage {
  readonly page: Page
  /** The second status, shown while the live stream is disconnected. */
  readonly connectionLost: Locator
  /** The duration of the disconnection, such as `1 min 5 s`. */
  readonly disconnectedTimer: Locator
  /** The notice after a reconnection, shown for some seconds: `Connected again after 1 min 5 s.` */
  readonly reconnected: Locator
  /** The link in the header of a logged-in player's pages. */
  readonly accountLink: Locator

  constructor(page: Page) {
    this.page = page
    this.connectionLost = this.status('Connection lost, reconnecting…')
    this.disconnectedTimer = page.getByRole('timer', { name: 'Time without connection', exact: true })
    this.accountLink = this.link('Account')
    this.reconnected = page.getByText(/^Connected again after \d+ (s|min \d+ s|h \d+ min)\.$/)
  }

  /** The status region with exactly that text. */
  status(text: string): Locator {
    const exactText = new RegExp(`^\\s*${escapeRegExp(text)}\\s*$`)
    return this.page.getByRole('status').filter({ hasText: exactText })
  }

  /** The alert that contains that text. */
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

  /** Runs `action` and waits for the page's live stream, which opens once the WebAssembly runs. */
  protected async waitForLiveStream<T>(action: () => Promise<T>): Promise<T> {
    const stream = this.page.waitForResponse(isLiveStream)
    const result = await action()
    await stream
    return result
  }

  /** Resolves when the page's live stream is closed or lost. */
  async waitForStreamEnd(): Promise<void> {
    await this.page.waitForEvent('requestfailed', (request) => LIVE_STREAM_URL.test(request.url()))
  }

  /** Leaves requests for a live stream pending, so that the page receives no changes. */
  async blockLiveStream(): Promise<void> {
    await this.page.route(LIVE_STREAM_URL, () => {})
  }

  /** Starts to record the page's messages about its connection. A reload discards the record. */
  async recordConnectionMessages(): Promise<void> {
    await this.page.evaluate(() => {
      const messages: string[] = []
      const record = () => {
        const text = document.querySelector('main')?.innerText ?? ''
        const message = /^.*(Connection lost|Connected again).*$/m.exec(text)?.[0].trim() ?? ''
        if (message !== (messages.at(-1) ?? '')) messages.push(message)
      }
      new MutationObserver(record).observe(document.body, { childList: true, characterData: true, subtree: true })
      Object.assign(window, { connectionMessages: messages })
    })
  }

  /** The recorded messages in order, `''` where a message disappeared. Fails if the page was reloaded. */
  async connectionMessages(): Promise<string[]> {
    const messages = await this.page.evaluate(
      () => (window as { connectionMessages?: string[] }).connectionMessages ?? null,
    )
    expect(messages, 'the page was not reloaded').not.toBeNull()
    return messages ?? []
  }

  /** Simulates that the tab is hidden or visible. */
  async setVisibility(state: 'hidden' | 'visible'): Promise<void> {
    await this.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, state)
  }

  /** Asserts that axe finds no violation and nothing overflows, in light and dark, on a desktop and a phone. */
  async expectAccessible(name: string): Promise<void> {
    for (const width of [1280, 360]) {
      await this.page.setViewportSize({ width, height: 740 })
      await this.expectNoHorizontalOverflow()
      for (const colorScheme of ['light', 'dark'] as const) {
        await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        const { violations } = await new AxeBuilder({ page: this.page }).analyze()
        expect(
          violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) })),
          `${name}, ${colorScheme}, ${width} pixels wide`,
        ).toEqual([])
      }
    }
  }

  /** Asserts that the page does not scroll horizontally. */
  async expectNoHorizontalOverflow(): Promise<void> {
    const [content, window] = await this.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
    expect(content, 'width of the content').toBeLessThanOrEqual(window ?? 0)
  }
}

/** A pattern that matches exactly that text. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** The URLs of live streams. */
const LIVE_STREAM_URL = /\/api\/v1\/(games\/[^/]+\/)?events(\?|$)/

/** True for the successful response to a subscription to live changes. */
function isLiveStream(response: Response): boolean {
  return LIVE_STREAM_URL.test(response.url()) && response.ok()
}
