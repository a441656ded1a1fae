import AxeBuilder from '@axe-core/playwright'
import { expect, type Locator, type Page, type Response } from '@playwright/test'

/** What all pages have in common. */
export class AnyPage {
  readonly page: Page
  /** The second status of a page whose live stream is broken. */
  readonly connectionLost: Locator
  /** Beside it: for how long, such as `1 min 5 s`. */
  readonly timeWithoutConnection: Locator
  /** For some seconds after that: `Connected again after 1 min 5 s.` */
  readonly connectedAgain: Locator

  constructor(page: Page) {
    this.page = page
    this.connectionLost = this.status('Connection lost, reconnecting…')
    this.timeWithoutConnection = page.getByRole('timer', { name: 'Time without connection', exact: true })
    this.connectedAgain = page.getByText(/^Connected again after \d+ (s|min \d+ s|h \d+ min)\.$/)
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

  /** Begins to note what the page says of its connection. Only this page: loaded anew, it forgets. */
  async noteConnection(): Promise<void> {
    await this.page.evaluate(() => {
      const notes: string[] = []
      const note = () => {
        const text = document.querySelector('main')?.innerText ?? ''
        const said = /^.*(Connection lost|Connected again).*$/m.exec(text)?.[0].trim() ?? ''
        if (said !== (notes.at(-1) ?? '')) notes.push(said)
      }
      new MutationObserver(note).observe(document.body, { childList: true, characterData: true, subtree: true })
      Object.assign(window, { connectionNotes: notes })
    })
  }

  /** What it has said since then, in order, `''` for nothing; fails if the page was loaded anew. */
  async connectionNotes(): Promise<string[]> {
    const notes = await this.page.evaluate(() => (window as { connectionNotes?: string[] }).connectionNotes ?? null)
    expect(notes, 'the page was not loaded anew').not.toBeNull()
    return notes ?? []
  }

  /** Hides the tab, or shows it, as far as its scripts can tell. */
  async setVisibility(state: 'hidden' | 'visible'): Promise<void> {
    await this.page.evaluate((state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, state)
  }

  /** Nothing that axe finds, in light and dark, on a desk and on a phone, where it fits the width. */
  async expectToSuitEverybody(name: string): Promise<void> {
    for (const width of [1280, 360]) {
      await this.page.setViewportSize({ width, height: 740 })
      await this.expectToFitTheWidth()
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
