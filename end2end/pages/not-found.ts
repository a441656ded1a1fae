import type { Locator } from '@playwright/test'
import { BasePage } from './base-page'

/** The 404 page. */
export class NotFoundPage extends BasePage {
  readonly pageTitle: Locator = this.heading('Page not found')
  readonly gameTitle: Locator = this.heading('Game not found')
  readonly homeLink: Locator = this.link('Go to the home page')
}
