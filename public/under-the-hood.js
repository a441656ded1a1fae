// The button of the panel "Under the hood". The panel's script loads on first use, to keep a first visit small.

const STORAGE_KEY = 'under-the-hood'

class UnderTheHood extends HTMLElement {
  /** @type {import('./under-the-hood-panel.js').Panel | undefined} */
  panel

  connectedCallback() {
    this.innerHTML = `<button type="button" class="button quiet" aria-expanded="false" aria-controls="hood">
      Under the hood</button><section id="hood" aria-labelledby="hood-title" hidden></section>`
    this.button.onclick = () => this.toggle(this.section.hidden)
    if (localStorage.getItem(STORAGE_KEY)) this.toggle(true)
  }

  get button() {
    return /** @type {HTMLButtonElement} */ (this.firstElementChild)
  }

  get section() {
    return /** @type {HTMLElement} */ (this.lastElementChild)
  }

  /** @param {boolean} open */
  async toggle(open) {
    if (open) localStorage.setItem(STORAGE_KEY, 'open')
    else localStorage.removeItem(STORAGE_KEY)
    this.toggleAttribute('open', open)
    this.button.setAttribute('aria-expanded', `${open}`)
    this.section.hidden = !open
    const script = await import('./under-the-hood-panel.js').catch(() => undefined)
    if (script) {
      this.panel ??= new script.Panel(this)
      this.panel.handleToggle()
    } else {
      this.section.textContent = 'The panel could not be loaded; close it and open it again.'
    }
  }
}

customElements.define('under-the-hood', UnderTheHood)
