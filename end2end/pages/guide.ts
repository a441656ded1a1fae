import { expect, type Locator } from '@playwright/test'
import { BasePage } from './base-page'
import { RequestList } from './inspector'

/** The guide: the project's documents as pages, with boxes that run their examples. */
export class GuidePage extends BasePage {
  /** The link in the footer of every page. */
  readonly footerLink: Locator = this.link('The guide: how this is built on DynamoDB')
  readonly title: Locator = this.page.getByRole('heading', { level: 1 })
  readonly runButtons: Locator = this.button('Run it')
  readonly logInLinks: Locator = this.link('Log in')
  /** The boxes of the examples. */
  readonly boxes: Locator = this.page.locator('.try')

  async open(): Promise<void> {
    await this.page.goto('/guide')
    await expect(this.title).toBeVisible()
  }

  /** The example with that description. */
  example(description: string): ExampleBox {
    return new ExampleBox(this.boxes.filter({ hasText: description }))
  }

  /** The element that the URL's fragment points to. */
  get target(): Locator {
    return this.page.locator(':target')
  }
}

/** The box of one example. */
export class ExampleBox {
  readonly runButton: Locator
  /** The requests that a run has made. */
  readonly requests: RequestList

  constructor(readonly box: Locator) {
    this.runButton = box.getByRole('button', { name: 'Run it', exact: true })
    this.requests = new RequestList(box)
  }
}
