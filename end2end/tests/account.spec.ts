// The account page. The server renders it and the browser does not hydrate it, so these tests also run without
// JavaScript.
import { readDeployment } from '../fixtures/deployment'
import { finishGame } from '../fixtures/games'
import type { Player } from '../fixtures/player'
import { expect, test } from '../fixtures/test'

const NEW_PASSWORD = 'a much better password'

test('the account page needs a log-in and is opened afterwards', async ({ host, newPlayer }) => {
  const elsewhere = await newPlayer({ registered: false })
  await elsewhere.page.goto('/account')
  await elsewhere.login.expectShown()
  await elsewhere.login.logIn(host.name, host.password)
  await elsewhere.account.expectShown()
  expect(new URL(elsewhere.page.url()).pathname).toBe('/account')
})

test('the header leads to the account page, and that back to the games', async ({ host }) => {
  await host.home.open()
  await host.home.accountLink.click()
  await host.account.expectShown()
  await host.page.getByRole('link', { name: 'Tic-Tac-Toe', exact: true }).click()
  await host.home.expectShown()
})

test('password managers recognize the fields', async ({ host }) => {
  await host.account.open()
  const { changePassword, deleteAccount } = host.account
  await expect(changePassword.currentPassword).toHaveAttribute('autocomplete', 'current-password')
  await expect(changePassword.newPassword).toHaveAttribute('autocomplete', 'new-password')
  await expect(deleteAccount.currentPassword).toHaveAttribute('autocomplete', 'current-password')
  for (const { form } of [changePassword, deleteAccount]) {
    await expect(form.locator('[autocomplete=username]')).toHaveValue(host.name)
  }
})

async function changePassword({ account }: Player, currentPassword: string, newPassword: string): Promise<void> {
  await account.changePassword.currentPassword.fill(currentPassword)
  await account.changePassword.newPassword.fill(newPassword)
  await account.changePassword.button.click()
}

/**
 * Asserts that the page leads to the log-in. Behind a load balancer, another instance learns of the end of a session a
 * moment later, so there the page gets more attempts.
 */
async function expectLoggedOut({ page, login }: Player): Promise<void> {
  const pass = async (options?: { timeout: number }) => {
    await page.reload()
    await expect(login.title).toBeVisible(options)
    await expect(login.logInButton).toBeVisible(options)
  }
  if (readDeployment()) await expect(() => pass({ timeout: 1_000 })).toPass()
  else await pass()
}

test('a new password replaces the old one and logs out other browsers', async ({ host, newPlayer }) => {
  const elsewhere = await newPlayer({ sameAs: host })
  elsewhere.console.expectStatus(401)
  await elsewhere.home.open()
  await host.account.open()
  await changePassword(host, host.password, NEW_PASSWORD)
  await expect(host.account.changePassword.status).toHaveText('Your password is changed.')
  expect(await host.api.whoAmI()).toBe(host.name)

  await expectLoggedOut(elsewhere)
  // The ended session would still open the home page at an instance that has not learned of its end.
  if (readDeployment()) await elsewhere.context.clearCookies()
  await elsewhere.login.logIn(host.name, host.password)
  await expect(elsewhere.login.alert('The name or the password is wrong')).toBeVisible()
  await elsewhere.login.logIn(host.name, NEW_PASSWORD)
  await elsewhere.home.expectShown()
})

test('a wrong or a weak password changes nothing', async ({ host }) => {
  await host.account.open()
  await changePassword(host, 'not the password', NEW_PASSWORD)
  await expect(host.account.changePassword.alert).toHaveText('The current password is wrong; try again.')
  await changePassword(host, host.password, 'short')
  await expect(host.account.changePassword.alert).toHaveText(/Use at least 8 characters/)
  await expect(host.account.changePassword.newPassword).toHaveAttribute('aria-invalid', 'true')
  // The other forms have no error.
  await expect(host.account.logOutEverywhere.alert).toHaveCount(0)
  await expect(host.account.deleteAccount.alert).toHaveCount(0)
  for (const password of ['not the password', NEW_PASSWORD, 'short']) {
    expect(host.page.url()).not.toContain(encodeURIComponent(password))
  }
  await host.api.logIn(host.name, host.password)
})

test('a player logs out in every browser', async ({ host, newPlayer }) => {
  const elsewhere = await newPlayer({ sameAs: host })
  elsewhere.console.expectStatus(401)
  await elsewhere.home.open()
  await host.account.open()
  await host.account.logOutEverywhere.button.click()
  await host.login.expectShown()
  await expectLoggedOut(elsewhere)
})

test('a deleted account is gone for good, and its games stay', async ({ host, guest }) => {
  const game = await finishGame(host, guest)
  const invitation = await guest.api.invite(host.name)
  await host.account.open()
  await host.account.deleteAccount.currentPassword.fill('not the password')
  await host.account.deleteAccount.button.click()
  await expect(host.account.deleteAccount.alert).toHaveText('The current password is wrong; try again.')
  await host.account.deleteAccount.currentPassword.fill(host.password)
  await host.account.deleteAccount.button.click()
  await host.login.expectShown()

  host.console.expectStatus(401, 409)
  await host.login.logIn(host.name, host.password)
  await expect(host.login.alert('The name or the password is wrong')).toBeVisible()
  await host.login.createAccount(host.name, 'another good password')
  await expect(host.login.alert('That name is taken')).toBeVisible()

  await guest.game.open(game.game_id)
  await expect(guest.game.title(host.name, guest.name)).toBeVisible()
  await expect(guest.game.status('You lost')).toBeVisible()
  await expect.poll(async () => (await guest.api.request.get(`/api/v1/games/${invitation.game_id}`)).status()).toBe(404)
})
