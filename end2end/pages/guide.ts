import { expect, type Locator } from '@playwright/test'
import { AnyPage } from './page'
import { Requests } from './under-the-hood'

/** The guide: the project's own documents as pages, with boxes that run what they speak of. */
export class GuidePage extends AnyPage {
  /** In the footer of every page. */
  readonly footerLink: Locator = this.link('The guide: how this is built on DynamoDB')
  readonly title: Locator = this.page.getByRole('heading', { level: 1 })
  readonly runButtons: Locator = this.button('Run it')
  readonly logInLinks: Locator = this.link('Log in')
  /** The boxes in which something can be run. */
  readonly boxes: Locator = this.page.locator('.try')

  async open(): Promise<void> {
    await this.page.goto('/guide')
    await expect(this.title).toBeVisible()
  }

  /** The box that runs an example, found by what it promises. */
  box(promise: string): Example {
    return new Example(this.boxes.filter({ hasText: promise }))
  }

  /** What the fragment of the address leads to. */
  get target(): Locator {
    return this.page.locator(':target')
  }
}

/** One box. */
export class Example {
  readonly runButton: Locator
  readonly answer: Requests

  constructor(readonly box: Locator) {
    this.runButton = box.getByRole('button', { name: 'Run it', exact: true })
    this.answer = new Requests(box)
  }
}
