import { expect, type Locator } from '@playwright/test'
import type { SquareName } from '../fixtures/api'
import type { Fault } from '../fixtures/faults'
import { BasePage } from './base-page'
import { squareLabel } from './game'

/** The accessible name of each fault's switch. */
const SWITCH_NAMES: Record<Fault, string> = {
  'answer-lost': 'Answer lost after the write',
  throttled: 'Throttled',
  delayed: 'Delayed',
  duplicated: 'Duplicated',
  'stream-cut': 'Live stream cut',
}

type PanelSection = 'Meter' | 'Requests' | 'The item' | 'In the indexes' | 'Race' | 'Break it'

/** One row of the meter. */
export interface MeterRow {
  requests: number
  reads: number
  writes: number
  dollars: number
}

/** The panel "Under the hood" beside a page. Without JavaScript it is a separate page. */
export class Inspector extends BasePage {
  readonly toggleButton: Locator = this.button('Under the hood')
  readonly panel: Locator = this.page.getByRole('region', { name: 'Under the hood', exact: true })
  readonly closeButton: Locator = this.panel.getByRole('button', { name: 'Close', exact: true })
  /** The link to that page, shown without JavaScript. */
  readonly noScriptLink: Locator = this.link('Under the hood')
  /** The notice for visitors who are not logged in. */
  readonly logInNotice: Locator = this.page.getByText('Log in to see your own requests here.')
  readonly requests: RequestList = new RequestList(this.section('Requests'))
  readonly indexes: Locator = this.section('In the indexes')
  readonly raceButton: Locator = this.section('Race').getByRole('button', { name: /^Race / })
  readonly raceResult: Locator = this.section('Race').getByRole('status')
  readonly raceRequests: RequestList = new RequestList(this.section('Race'))

  /** Opens the panel and waits for its content. */
  async open(): Promise<void> {
    await this.toggleButton.click()
    await this.expectOpen()
  }

  async expectOpen(): Promise<void> {
    await expect(this.toggleButton).toHaveAttribute('aria-expanded', 'true')
    await expect(this.section('Requests').or(this.logInNotice)).toBeVisible()
  }

  async expectClosed(): Promise<void> {
    await expect(this.toggleButton).toHaveAttribute('aria-expanded', 'false')
    await expect(this.panel).toBeHidden()
  }

  /** A section of the panel, found by its heading. */
  section(name: PanelSection): Locator {
    const heading = this.page.getByRole('heading', { name, exact: true, level: 3 })
    return this.page.locator('section section, main section').filter({ has: heading })
  }

  /** The switch of a fault. */
  faultSwitch(fault: Fault): Locator {
    return this.section('Break it').getByRole('switch', { name: SWITCH_NAMES[fault], exact: true })
  }

  /** Enables or disables a fault. */
  async setFault(fault: Fault, on: boolean): Promise<void> {
    await expect(this.faultSwitch(fault)).toBeChecked({ checked: !on })
    await this.faultSwitch(fault).click()
    await expect(this.faultSwitch(fault)).toBeChecked({ checked: on })
  }

  /** The row of an attribute of the game's item: name, type, value, and a mark if the last write changed it. */
  attribute(name: SquareName | 'Turn' | 'Moves' | 'StatusDate' | 'HostId' | 'OpponentId' | 'GameId'): Locator {
    const header = this.page.getByRole('rowheader', { name, exact: true })
    return this.section('The item').getByRole('row').filter({ has: header })
  }

  /** The block of an index: its heading, its entries and a note. */
  index(name: 'HostId-StatusDate-index' | 'OpponentId-StatusDate-index'): Locator {
    return this.indexes
      .locator('.index')
      .filter({ has: this.page.getByRole('heading', { name: new RegExp(`^${name},`) }) })
  }

  /** The first part of the game id of each index entry, in the order of the page. */
  async indexedGameIds(name: Parameters<Inspector['index']>[0]): Promise<string[]> {
    const ids = this.index(name)
      .getByRole('row')
      .getByText(/^[0-9a-f]{8}…$/)
    return (await ids.allInnerTexts()).map((id) => id.slice(0, 8))
  }

  /** Reads a row of the meter, found by the start of its header. */
  async meterRow(
    start: 'This page, you' | 'This game, all players' | '… polled once a second' | '… polled by both players',
  ): Promise<MeterRow> {
    const header = this.page.getByRole('rowheader', { name: new RegExp(`^${start}`) })
    const row = this.section('Meter').getByRole('row').filter({ has: header })
    await expect(row).toBeVisible()
    const [requests = NaN, reads = NaN, writes = NaN, dollars = NaN] = (
      await row.getByRole('cell').allInnerTexts()
    ).map(Number)
    return { requests, reads, writes, dollars }
  }

  /** Sends the same move, or the acceptance of the invitation, several times at once. */
  async race(times: number, square?: SquareName): Promise<void> {
    const race = this.section('Race')
    if (square)
      await race.getByRole('combobox', { name: 'Square', exact: true }).selectOption({ label: squareLabel(square) })
    await race.getByRole('spinbutton', { name: 'Times', exact: true }).fill(`${times}`)
    await this.raceButton.click()
  }
}

/** A list of requests to the tables, one row for each. */
export class RequestList {
  readonly rows: Locator

  constructor(readonly region: Locator) {
    this.rows = region.getByRole('listitem')
  }

  /** The rows of an access pattern, found by its title. */
  withTitle(title: string): Locator {
    const summary = new RegExp(
      `^\\s*\\w+ ${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} (Games|Players|Sessions|\\w+-StatusDate-index) `,
    )
    return this.rows.filter({ hasText: summary })
  }

  /** The operation and title of each row, such as `UpdateItem Move`, in the order of the list. */
  async titles(): Promise<string[]> {
    return this.rows.locator('summary').evaluateAll((summaries) =>
      summaries.map((summary) =>
        [...summary.children]
          .slice(0, 2)
          .map((part) => part.textContent)
          .join(' '),
      ),
    )
  }
}
