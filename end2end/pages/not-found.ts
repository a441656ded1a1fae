import type { Locator } from '@playwright/test'
import { AnyPage } from './page'

/** The page of an address where nothing is. */
export class NotFoundPage extends AnyPage {
  readonly pageTitle: Locator = this.heading('Page not found')
  readonly gameTitle: Locator = this.heading('Game not found')
  readonly homeLink: Locator = this.link('Go to the home page')
}
