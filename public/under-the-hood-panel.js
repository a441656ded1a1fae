// The panel that shows what a page asks of DynamoDB. The server renders all of it; this inserts what the server
// sends, and sends its forms without leaving the page.

const RETRY = 2000

/** What is in the section of the element `under-the-hood`. */
export class Panel {
  constructor(element) {
    this.section = element.section
    this.section.innerHTML = `<div class="hood-top"><h2 id="hood-title">Under the hood</h2>
      <a href="/guide" rel="external">Guide</a><button type="button" class="button quiet">Close</button></div>
      <div class="hood-parts"></div>`
    this.parts = this.section.lastElementChild
    this.section.querySelector('button').onclick = () => {
      element.toggle(false)
      element.button.focus()
    }
    document.addEventListener('visibilitychange', () => this.isOpen && (document.hidden ? this.pause() : this.follow()))
    // The application changes pages by itself, and the address with them.
    new MutationObserver(() => this.isOpen && this.shown !== place() && this.load()).observe(document.body, { childList: true })
  }

  get isOpen() {
    return !this.section.hidden
  }

  /** It was opened or closed. */
  changed() {
    if (this.isOpen) this.load()
    else this.pause()
  }

  async load() {
    this.pause()
    this.shown = place()
    this.beside = new URLSearchParams({ page: location.pathname, viewer: viewer() })
    await style()
    const answer = await fetch(`/inspector?${this.beside}`).catch(() => undefined)
    if (!this.isOpen || this.shown !== place()) return
    if (!answer?.ok) {
      this.parts.textContent = 'The server does not say what it asks of the database; reload the page to try again.'
      return
    }
    this.parts.innerHTML = await answer.text()
    this.list = this.parts.querySelector('#requests')
    this.after = this.list?.dataset.after
    this.scroll()
    // A notice stands in place of a panel that there can't be.
    if (!this.parts.querySelector('.notice')) this.follow()
  }

  follow() {
    if (!this.beside || document.hidden) return
    this.pause()
    this.source = new EventSource(`/inspector/events?${this.beside}&after=${this.after ?? ''}`)
    this.source.addEventListener('reload', () => this.load())
    this.source.addEventListener('requests', (event) => {
      const isAtEnd = this.list.scrollTop > this.end - 40
      this.list.insertAdjacentHTML('beforeend', event.data)
      while (this.list.children.length > 100) this.list.firstElementChild.remove()
      this.after = event.lastEventId
      if (isAtEnd) this.scroll()
    })
    for (const part of ['meter', 'item', 'indexes', 'race']) {
      this.source.addEventListener(part, (event) => {
        const place = this.parts.querySelector(`#${part}`)
        if (!place) return
        const show = () => (place.innerHTML = event.data)
        const isBeingFilledIn = place.contains(document.activeElement) && document.activeElement.matches('input, select')
        place.onfocusout = isBeingFilledIn ? show : null
        if (!isBeingFilledIn) show()
      })
    }
    // The browser's own attempts end with a refusal, and begin again with what is known already.
    this.source.onerror = () => {
      this.pause()
      this.retry = setTimeout(() => this.follow(), RETRY)
    }
    this.clock = setInterval(() => this.tick(), 1000)
  }

  pause() {
    this.source?.close()
    clearTimeout(this.retry)
    clearInterval(this.clock)
  }

  /** How far the list is scrolled when its last row begins at the top, in pixels. */
  get end() {
    const last = this.list?.lastElementChild
    return last ? Math.min(last.offsetTop - this.list.offsetTop, this.list.scrollHeight - this.list.clientHeight) : 0
  }

  scroll() {
    if (this.list) this.list.scrollTop = this.end
  }

  /** What polling would have cost by now. */
  tick() {
    for (const row of this.parts.querySelectorAll('[data-seconds]')) {
      const { seconds, units, dollars } = row.dataset
      // Counted from a moment, because a hidden page has no clock.
      row.dataset.since ??= Date.now() - seconds * 1000
      const now = Math.round((Date.now() - row.dataset.since) / 1000)
      const texts = [now, (now * units).toFixed(1).replace('.0', ''), 0, (now * dollars).toFixed(7)]
      texts.forEach((text, index) => (row.cells[index + 1].textContent = text))
    }
  }
}

/** Whom the page greets. */
function viewer() {
  return document.querySelector('.session-name')?.textContent.trim() ?? ''
}

/** Which page is shown, and to whom. */
function place() {
  return `${location.pathname} ${viewer()}`
}

/** The panel's style sheet: a page whose panel is never opened does without. */
function style() {
  const href = '/under-the-hood.css'
  if (document.querySelector(`link[href="${href}"]`)) return
  return new Promise((loaded) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href, onload: loaded, onerror: loaded })
    document.head.append(link)
  })
}

/** Sends a form that names the place of its answer. */
document.addEventListener('submit', async (event) => {
  const form = event.target
  const place = document.getElementById(form.dataset.into)
  if (!place) return
  event.preventDefault()
  const focused = document.activeElement?.id
  form.setAttribute('aria-busy', 'true')
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }).catch(() => undefined)
  form.removeAttribute('aria-busy')
  if (answer?.ok) place.innerHTML = await answer.text()
  else complain(place, (await answer?.json().catch(() => undefined))?.detail)
  if (focused) document.getElementById(focused)?.focus()
})

/** Says what went wrong, above what is there. */
function complain(place, sentence = 'The server does not answer; try again.') {
  place.querySelector('.notice')?.remove()
  const notice = Object.assign(document.createElement('p'), { className: 'notice', role: 'alert', textContent: sentence })
  place.prepend(notice)
}
