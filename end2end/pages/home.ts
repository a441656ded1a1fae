import { expect, type Locator } from '@playwright/test'
import { BasePage } from './base-page'

export type ListName = 'Invitations' | 'Waiting for an answer' | 'Games in progress' | 'Recent history'

/** The button below each list that loads its next page. */
const MORE_BUTTONS: Record<ListName, string> = {
  Invitations: 'More invitations',
  'Waiting for an answer': 'More sent invitations',
  'Games in progress': 'More games in progress',
  'Recent history': 'More history',
}

/** A player's home page: the four lists and the invitation form. */
export class HomePage extends BasePage {
  readonly title: Locator = this.heading('Your games')
  readonly opponent: Locator = this.page.getByRole('textbox', { name: 'Opponent', exact: true })
  readonly inviteButton: Locator = this.button('Invite')
  readonly logOutButton: Locator = this.button('Log out')

  async open(): Promise<void> {
    await this.page.goto('/')
    await this.expectShown()
  }

  /** Opens the page and waits until it receives changes live. */
  async openLive(): Promise<void> {
    await this.waitForLiveStream(() => this.open())
  }

  async expectShown(): Promise<void> {
    await expect(this.title).toBeVisible()
  }

  async invite(opponent: string): Promise<void> {
    await this.opponent.fill(opponent)
    await this.inviteButton.click()
  }

  list(name: ListName): GameList {
    return new GameList(this.page.getByRole('region', { name, exact: true }), MORE_BUTTONS[name])
  }

  /** Asserts that no list has a game against that opponent. */
  async expectInNoList(opponent: string): Promise<void> {
    await this.expectOnlyIn(undefined, opponent)
  }

  /** Asserts that this list has one game against that opponent and the other lists have none. */
  async expectOnlyIn(list: ListName | undefined, opponent: string): Promise<void> {
    for (const name of Object.keys(MORE_BUTTONS) as ListName[]) {
      await expect(this.list(name).gameLink(opponent), name).toHaveCount(name === list ? 1 : 0)
    }
  }
}

/** One of the four lists. */
export class GameList {
  readonly items: Locator
  readonly moreButton: Locator

  constructor(
    readonly region: Locator,
    moreButtonName: string,
  ) {
    this.items = region.getByRole('listitem')
    this.moreButton = region.getByRole('button', { name: moreButtonName, exact: true })
  }

  /** The entry of the game against that opponent. */
  item(opponent: string): Locator {
    return this.items.filter({
      has: this.region.page().getByRole('link', { name: gameLinkName(opponent), exact: true }),
    })
  }

  /** The link to the game against that opponent. */
  gameLink(opponent: string): Locator {
    return this.region.getByRole('link', { name: gameLinkName(opponent), exact: true })
  }

  /** The outcome of the game against that opponent, from this player's side. */
  outcome(opponent: string, outcome: 'Win' | 'Loss' | 'Draw'): Locator {
    return this.item(opponent).getByText(outcome, { exact: true })
  }

  button(opponent: string, name: 'Accept' | 'Decline' | 'Cancel'): Locator {
    return this.item(opponent).getByRole('button', { name, exact: true })
  }
}

const gameLinkName = (opponent: string) => `Open game against ${opponent}`
