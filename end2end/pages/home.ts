import { expect, type Locator } from '@playwright/test'
import { AnyPage } from './page'

export type ListName = 'Invitations' | 'Waiting for an answer' | 'Games in progress' | 'Recent history'

/** The name of the button below each list that brings more of it. */
const MORE: Record<ListName, string> = {
  Invitations: 'More invitations',
  'Waiting for an answer': 'More sent invitations',
  'Games in progress': 'More games in progress',
  'Recent history': 'More history',
}

/** The home page of a player: four lists and a form to invite. */
export class HomePage extends AnyPage {
  readonly title: Locator = this.heading('Your games')
  readonly opponent: Locator = this.page.getByRole('textbox', { name: 'Opponent', exact: true })
  readonly inviteButton: Locator = this.button('Invite')
  readonly logOutButton: Locator = this.button('Log out')

  async open(): Promise<void> {
    await this.page.goto('/')
    await this.expectShown()
  }

  /** Opens it and waits until it follows changes by itself. */
  async openLive(): Promise<void> {
    await this.live(() => this.open())
  }

  async expectShown(): Promise<void> {
    await expect(this.title).toBeVisible()
  }

  async invite(opponent: string): Promise<void> {
    await this.opponent.fill(opponent)
    await this.inviteButton.click()
  }

  list(name: ListName): GameList {
    return new GameList(this.page.getByRole('region', { name, exact: true }), MORE[name])
  }

  /** Asserts that no list has a game against that player. */
  async expectNowhere(against: string): Promise<void> {
    await this.expectOnlyIn(undefined, against)
  }

  /** Asserts that this list has one game against that player, and the others have none. */
  async expectOnlyIn(list: ListName | undefined, against: string): Promise<void> {
    for (const name of Object.keys(MORE) as ListName[]) {
      await expect(this.list(name).openLink(against), name).toHaveCount(name === list ? 1 : 0)
    }
  }
}

/** One of the four lists. */
export class GameList {
  readonly items: Locator
  readonly moreButton: Locator

  constructor(
    readonly region: Locator,
    moreName: string,
  ) {
    this.items = region.getByRole('listitem')
    this.moreButton = region.getByRole('button', { name: moreName, exact: true })
  }

  /** The entry of the game against that player. */
  item(against: string): Locator {
    return this.items.filter({ has: this.region.page().getByRole('link', { name: openGame(against), exact: true }) })
  }

  /** The link to the game against that player. */
  openLink(against: string): Locator {
    return this.region.getByRole('link', { name: openGame(against), exact: true })
  }

  /** How the game against that player ended, from this player's side. */
  outcome(against: string, outcome: 'Win' | 'Loss' | 'Draw'): Locator {
    return this.item(against).getByText(outcome, { exact: true })
  }

  button(against: string, name: 'Accept' | 'Decline' | 'Cancel'): Locator {
    return this.item(against).getByRole('button', { name, exact: true })
  }
}

const openGame = (against: string) => `Open game against ${against}`
