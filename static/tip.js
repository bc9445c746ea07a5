// Whose digit the pointer or the focus is on, and what the speaker may do with it.

const LINGER = 400; // milliseconds after the pointer has left: it may be on its way to the buttons

export class Tip {
  /**
   * @param {Element} root
   * @param {(id: number | null) => void} changed is told whom it is about
   */
  constructor(root, changed) {
    Object.assign(this, { root, changed });
    for (const type of ["pointerenter", "focusin"]) {
      root.addEventListener(type, () => clearTimeout(this.lingering));
    }
    for (const type of ["pointerleave", "focusout"]) {
      root.addEventListener(type, () => this.leave());
    }
  }

  /**
   * @param {{id: number, name: string}} digit
   * @param {{left: number, top: number, bottom: number, width: number}} box where it is
   */
  show({ id, name }, { left, top, bottom, width }) {
    clearTimeout(this.lingering);
    const { root } = this;
    this.id = id;
    this.changed(id);
    root.querySelector("b").textContent = name;
    root.setAttribute("aria-label", name);
    root.hidden = false;
    const around = root.parentElement.getBoundingClientRect();
    const x = left + width / 2 - root.offsetWidth / 2 - around.left;
    const below = bottom + root.offsetHeight < around.bottom;
    const y = (below ? bottom : top - root.offsetHeight) - around.top;
    const most = around.width - root.offsetWidth;
    root.style.transform = `translate(${Math.min(Math.max(x, 0), most)}px, ${y}px)`;
  }

  leave() {
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.hide(), LINGER);
  }

  hide() {
    clearTimeout(this.lingering);
    this.id = null;
    this.changed(null);
    this.root.hidden = true;
  }
}
