import { expect, type Locator } from '@playwright/test'
import { BasePage } from './base-page'

/** The home page of a visitor who is not logged in. */
export class LoginPage extends BasePage {
  readonly title: Locator = this.heading('Tic-Tac-Toe')
  readonly name: Locator = this.page.getByRole('textbox', { name: 'Player name', exact: true })
  // A password field has no ARIA role.
  readonly password: Locator = this.page.getByLabel('Password', { exact: true })
  readonly logInButton: Locator = this.button('Log in')
  readonly createAccountButton: Locator = this.button('Create account')

  async open(path = '/'): Promise<void> {
    await this.page.goto(path)
    await this.expectShown()
  }

  async expectShown(): Promise<void> {
    await expect(this.title).toBeVisible()
    await expect(this.logInButton).toBeVisible()
  }

  async logIn(name: string, password: string): Promise<void> {
    await this.name.fill(name)
    await this.password.fill(password)
    await this.logInButton.click()
  }

  async createAccount(name: string, password: string): Promise<void> {
    await this.name.fill(name)
    await this.password.fill(password)
    await this.createAccountButton.click()
  }
}
