import { expect, type Locator } from '@playwright/test'
import type { SquareName } from '../fixtures/api'
import type { Fault } from '../fixtures/faults'
import { words } from './game'
import { AnyPage } from './page'

/** What the switch of each fault is called. */
const SWITCHES: Record<Fault, string> = {
  'answer-lost': 'Answer lost after the write',
  throttled: 'Throttled',
  delayed: 'Delayed',
  duplicated: 'Duplicated',
  'stream-cut': 'Live stream cut',
}

type Part = 'Meter' | 'Requests' | 'The item' | 'In the indexes' | 'Race' | 'Break it'

/** What one line of the meter says. */
export interface Spent {
  requests: number
  reads: number
  writes: number
  dollars: number
}

/** The panel "Under the hood" beside a page; without JavaScript, a page of its own. */
export class UnderTheHood extends AnyPage {
  readonly openButton: Locator = this.button('Under the hood')
  readonly panel: Locator = this.page.getByRole('region', { name: 'Under the hood', exact: true })
  readonly closeButton: Locator = this.panel.getByRole('button', { name: 'Close', exact: true })
  /** Where it stands without JavaScript. */
  readonly linkWithoutScript: Locator = this.link('Under the hood')
  /** What somebody reads there who is not logged in. */
  readonly logInFirst: Locator = this.page.getByText('Log in to see your own requests here.')
  readonly requests: Requests = new Requests(this.part('Requests'))
  readonly indexes: Locator = this.part('In the indexes')
  readonly raceButton: Locator = this.part('Race').getByRole('button', { name: /^Race / })
  readonly raceResult: Locator = this.part('Race').getByRole('status')
  readonly racers: Requests = new Requests(this.part('Race'))

  /** Opens it, and waits until it shows what there is for this page. */
  async open(): Promise<void> {
    await this.openButton.click()
    await this.expectOpen()
  }

  async expectOpen(): Promise<void> {
    await expect(this.openButton).toHaveAttribute('aria-expanded', 'true')
    await expect(this.part('Requests').or(this.logInFirst)).toBeVisible()
  }

  async expectClosed(): Promise<void> {
    await expect(this.openButton).toHaveAttribute('aria-expanded', 'false')
    await expect(this.panel).toBeHidden()
  }

  /** One of its parts, found by its heading. */
  part(name: Part): Locator {
    const heading = this.page.getByRole('heading', { name, exact: true, level: 3 })
    return this.page.locator('section section, main section').filter({ has: heading })
  }

  /** The switch of a fault. */
  switch(fault: Fault): Locator {
    return this.part('Break it').getByRole('switch', { name: SWITCHES[fault], exact: true })
  }

  /** Switches a fault on, or off. */
  async setFault(fault: Fault, on: boolean): Promise<void> {
    await expect(this.switch(fault)).toBeChecked({ checked: !on })
    await this.switch(fault).click()
    await expect(this.switch(fault)).toBeChecked({ checked: on })
  }

  /** An attribute of the game's item: its name, type, value, and whether the last write changed it. */
  attribute(name: SquareName | 'Turn' | 'Moves' | 'StatusDate' | 'HostId' | 'OpponentId' | 'GameId'): Locator {
    const header = this.page.getByRole('rowheader', { name, exact: true })
    return this.part('The item').getByRole('row').filter({ has: header })
  }

  /** What an index holds: its heading, its entries and a note. */
  index(name: 'HostId-StatusDate-index' | 'OpponentId-StatusDate-index'): Locator {
    return this.indexes.locator('.index').filter({ has: this.page.getByRole('heading', { name: new RegExp(`^${name},`) }) })
  }

  /** The games of an index's entries, in the order in which they are shown: the first part of each id. */
  async indexedGames(name: Parameters<UnderTheHood['index']>[0]): Promise<string[]> {
    const ids = this.index(name).getByRole('row').getByText(/^[0-9a-f]{8}…$/)
    return (await ids.allInnerTexts()).map((id) => id.slice(0, 8))
  }

  /** A line of the meter, found by how it begins. */
  async spent(line: 'This page, you' | 'This game, by anybody here' | '… polled once a second' | '… polled by both players'): Promise<Spent> {
    const header = this.page.getByRole('rowheader', { name: new RegExp(`^${line}`) })
    const row = this.part('Meter').getByRole('row').filter({ has: header })
    await expect(row).toBeVisible()
    const [requests = NaN, reads = NaN, writes = NaN, dollars = NaN] = (await row.getByRole('cell').allInnerTexts()).map(Number)
    return { requests, reads, writes, dollars }
  }

  /** Sends one move, or the acceptance of the invitation, so many times at once. */
  async race(times: number, square?: SquareName): Promise<void> {
    const race = this.part('Race')
    if (square) await race.getByRole('combobox', { name: 'Square', exact: true }).selectOption({ label: words(square) })
    await race.getByRole('spinbutton', { name: 'Times', exact: true }).fill(`${times}`)
    await this.raceButton.click()
  }
}

/** A list of requests to the tables, one row each. */
export class Requests {
  readonly rows: Locator

  constructor(readonly region: Locator) {
    this.rows = region.getByRole('listitem')
  }

  /** The rows of an access pattern, found by its title. */
  of(title: string): Locator {
    const summary = new RegExp(`^\\s*\\w+ ${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} (Games|Players|Sessions|\\w+-StatusDate-index) `)
    return this.rows.filter({ hasText: summary })
  }

  /** Their operations and titles, such as `UpdateItem Move`, in the order of the list. */
  async titles(): Promise<string[]> {
    return this.rows.locator('summary').evaluateAll((summaries) =>
      summaries.map((summary) => [...summary.children].slice(0, 2).map((part) => part.textContent).join(' ')),
    )
  }
}
