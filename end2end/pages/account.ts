import { expect, type Locator } from '@playwright/test'
import { BasePage } from './base-page'

/** The account page of a logged-in player. */
export class AccountPage extends BasePage {
  readonly title: Locator = this.heading('Account')
  readonly changePassword = new AccountForm(this.form('Change password'))
  readonly logOutEverywhere = new AccountForm(this.form('Log out everywhere'))
  readonly deleteAccount = new AccountForm(this.form('Delete account'))

  async open(): Promise<void> {
    await this.page.goto('/account')
    await this.expectShown()
  }

  async expectShown(): Promise<void> {
    await expect(this.title).toBeVisible()
  }

  private form(name: string): Locator {
    return this.page.getByRole('form', { name, exact: true })
  }
}

/** One form of the account page. Its button has the form's name. */
class AccountForm {
  readonly button: Locator
  readonly alert: Locator
  readonly status: Locator
  // A password field has no ARIA role.
  readonly currentPassword: Locator
  readonly newPassword: Locator

  constructor(readonly form: Locator) {
    this.button = form.getByRole('button')
    this.alert = form.getByRole('alert')
    this.status = form.getByRole('status')
    this.currentPassword = form.getByLabel('Current password', { exact: true })
    this.newPassword = form.getByLabel('New password', { exact: true })
  }
}
