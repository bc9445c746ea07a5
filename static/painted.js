// What is painted by itself: whatever changes it, and its size, it follows with the next frame.

export class Painted {
  /** @param {Element[]} places whose size counts; when a hidden tab is shown, they get one */
  constructor(places) {
    this.observer = new ResizeObserver(() => this.draw());
    for (const place of places) this.observer.observe(place);
  }

  /** Everything that anybody changes goes through here. */
  change(state = {}) {
    Object.assign(this, state);
    this.draw();
  }

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
  }
}
