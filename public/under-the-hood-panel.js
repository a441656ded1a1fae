// The panel "Under the hood", which shows the DynamoDB requests of a page. The server renders its content. This script
// inserts that content, keeps it up to date and submits the panel's forms without leaving the page.

/** The delay before the event stream is opened again, in milliseconds. */
const RETRY_DELAY = 2000
/** The number of requests that the list keeps. */
const MAX_REQUESTS = 100
/** The list follows new requests unless it is scrolled up by more than this, in pixels. */
const SCROLL_TOLERANCE = 40
const STYLE_SHEET = '/under-the-hood.css'

/**
 * The custom element `<under-the-hood>`.
 * @typedef {object} PanelElement
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} section
 * @property {(open: boolean) => Promise<void>} toggle
 */

/** The content of the element's section. */
export class Panel {
  /**
   * The key of the page that the content belongs to.
   * @type {string | undefined}
   */
  pageKey
  /**
   * The query that selects the page on the server.
   * @type {URLSearchParams | undefined}
   */
  query
  /**
   * The list of requests. Visitors who are not logged in have none.
   * @type {HTMLElement | null}
   */
  list = null
  /**
   * The id of the last received event, from which the stream resumes.
   * @type {string | undefined}
   */
  lastEventId
  /** @type {EventSource | undefined} */
  events
  /** @type {number | undefined} */
  retryTimer
  /** @type {number | undefined} */
  meterTimer

  /** @param {PanelElement} element */
  constructor(element) {
    this.section = element.section
    this.section.innerHTML = `<div class="hood-top"><h2 id="hood-title">Under the hood</h2>
      <a href="/guide" rel="external">Guide</a><button type="button" class="button quiet">Close</button></div>
      <div class="hood-parts"></div>`
    this.content = /** @type {HTMLElement} */ (this.section.lastElementChild)
    const closeButton = /** @type {HTMLButtonElement} */ (this.section.querySelector('button'))
    closeButton.onclick = () => {
      element.toggle(false)
      element.button.focus()
    }
    document.addEventListener('visibilitychange', () => {
      if (!this.isOpen) return
      if (document.hidden) this.disconnect()
      else this.connect()
    })
    // The application navigates on the client, which loads no document.
    new MutationObserver(() => {
      if (this.isOpen && this.pageKey !== currentPageKey()) this.load()
    }).observe(document.body, { childList: true })
  }

  get isOpen() {
    return !this.section.hidden
  }

  /** Starts or stops the updates after the panel was opened or closed. */
  handleToggle() {
    if (this.isOpen) this.load()
    else this.disconnect()
  }

  async load() {
    this.disconnect()
    this.pageKey = currentPageKey()
    this.query = new URLSearchParams({ page: location.pathname, viewer: viewerName() })
    await loadStyleSheet()
    const response = await fetch(`/inspector?${this.query}`).catch(() => undefined)
    if (!this.isOpen || this.pageKey !== currentPageKey()) return
    if (!response?.ok) {
      this.content.textContent = 'The panel could not be loaded; reload the page to try again.'
      return
    }
    this.content.innerHTML = await response.text()
    this.list = this.content.querySelector('#requests')
    this.lastEventId = this.list?.dataset.after
    this.scrollToEnd()
    // A notice replaces a panel that is not available, and gets no updates.
    if (!this.content.querySelector('.notice')) this.connect()
  }

  connect() {
    if (!this.query || document.hidden) return
    this.disconnect()
    this.events = new EventSource(`/inspector/events?${this.query}&after=${this.lastEventId ?? ''}`)
    this.events.addEventListener('reload', () => this.load())
    this.events.addEventListener('requests', (event) => this.appendRequests(event))
    for (const id of ['meter', 'item', 'indexes', 'race']) {
      this.events.addEventListener(id, (event) => this.update(id, event.data))
    }
    // The browser's own retries give up after an error response, and would repeat requests that are listed already.
    this.events.onerror = () => {
      this.disconnect()
      this.retryTimer = setTimeout(() => this.connect(), RETRY_DELAY)
    }
    this.meterTimer = setInterval(() => this.updatePollingCosts(), 1000)
  }

  disconnect() {
    this.events?.close()
    clearTimeout(this.retryTimer)
    clearInterval(this.meterTimer)
  }

  /** @param {MessageEvent<string>} event */
  appendRequests(event) {
    if (!this.list) return
    const isAtEnd = this.list.scrollTop > this.endPosition - SCROLL_TOLERANCE
    this.list.insertAdjacentHTML('beforeend', event.data)
    while (this.list.children.length > MAX_REQUESTS) this.list.firstElementChild?.remove()
    this.lastEventId = event.lastEventId
    if (isAtEnd) this.scrollToEnd()
  }

  /**
   * Replaces the content of a section, unless it has a form that is being filled in.
   * @param {string} id
   * @param {string} html
   */
  update(id, html) {
    const target = this.content.querySelector(`#${id}`)
    const focused = document.activeElement
    const isFilledIn = target?.contains(focused) && focused?.matches('input, select')
    if (target && !isFilledIn) target.innerHTML = html
  }

  /** The scroll position that shows the start of the last request, in pixels. */
  get endPosition() {
    const last = /** @type {HTMLElement | null | undefined} */ (this.list?.lastElementChild)
    if (!this.list || !last) return 0
    return Math.min(last.offsetTop - this.list.offsetTop, this.list.scrollHeight - this.list.clientHeight)
  }

  scrollToEnd() {
    if (this.list) this.list.scrollTop = this.endPosition
  }

  /** Updates the rows that show the cost of polling until now. */
  updatePollingCosts() {
    /** @type {NodeListOf<HTMLTableRowElement>} */
    const rows = this.content.querySelectorAll('[data-seconds]')
    for (const row of rows) {
      const { seconds, units, dollars } = row.dataset
      // Measured from a start time, because timers stop while the page is hidden.
      row.dataset.startedAt ??= `${Date.now() - Number(seconds) * 1000}`
      const polls = Math.round((Date.now() - Number(row.dataset.startedAt)) / 1000)
      const reads = (polls * Number(units)).toFixed(1).replace('.0', '')
      const cost = (polls * Number(dollars)).toFixed(7)
      for (const [index, text] of [`${polls}`, reads, '0', cost].entries()) {
        const cell = row.cells[index + 1]
        if (cell) cell.textContent = text
      }
    }
  }
}

/** The name of the logged-in player, or an empty string. */
function viewerName() {
  return document.querySelector('.session-name')?.textContent?.trim() ?? ''
}

/** Identifies the current page and its viewer. */
function currentPageKey() {
  return `${location.pathname} ${viewerName()}`
}

/** Loads the panel's style sheet once. Pages on which the panel is never opened do without it. */
function loadStyleSheet() {
  if (document.querySelector(`link[href="${STYLE_SHEET}"]`)) return
  return new Promise((resolve) => {
    const link = document.createElement('link')
    Object.assign(link, { rel: 'stylesheet', href: STYLE_SHEET, onload: resolve, onerror: resolve })
    document.head.append(link)
  })
}

/** Submits a form that has the attribute `data-into`, and inserts the response into the element with that id. */
document.addEventListener('submit', async (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target)
  const target = document.getElementById(form.dataset.into ?? '')
  if (!target) return
  event.preventDefault()
  const focusedId = document.activeElement?.id
  form.setAttribute('aria-busy', 'true')
  const fields = [...new FormData(form)].map(([name, value]) => [name, `${value}`])
  const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(fields) }).catch(
    () => undefined,
  )
  form.removeAttribute('aria-busy')
  if (response?.ok) target.innerHTML = await response.text()
  else showError(target, (await response?.json().catch(() => undefined))?.detail)
  if (focusedId) document.getElementById(focusedId)?.focus()
})

/**
 * Shows an error above the content of an element.
 * @param {HTMLElement} target
 * @param {string} [message]
 */
function showError(target, message = 'The request failed; try again.') {
  target.querySelector('.notice')?.remove()
  const notice = document.createElement('p')
  Object.assign(notice, { className: 'notice', role: 'alert', textContent: message })
  target.prepend(notice)
}
