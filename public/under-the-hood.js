// The button of the panel that shows what a page asks of DynamoDB. The panel itself comes when it is opened.

const REMEMBERED = 'under-the-hood'

class UnderTheHood extends HTMLElement {
  connectedCallback() {
    this.innerHTML = `<button type="button" class="button quiet" aria-expanded="false" aria-controls="hood">
      Under the hood</button><section id="hood" aria-labelledby="hood-title" hidden></section>`
    ;[this.button, this.section] = this.children
    this.button.onclick = () => this.toggle(this.section.hidden)
    if (localStorage.getItem(REMEMBERED)) this.toggle(true)
  }

  /** Opens or closes it, and remembers that for the next page. */
  async toggle(open) {
    if (open) localStorage.setItem(REMEMBERED, 'open')
    else localStorage.removeItem(REMEMBERED)
    this.toggleAttribute('open', open)
    this.button.setAttribute('aria-expanded', open)
    this.section.hidden = !open
    const panel = await import('./under-the-hood-panel.js').catch(() => undefined)
    if (!panel) this.section.textContent = 'The server does not answer; close this and open it again.'
    else (this.panel ??= new panel.Panel(this)).changed()
  }
}

customElements.define('under-the-hood', UnderTheHood)
