// A pen that the keyboard moves over the canvas. It draws by the mouse events that Fabric listens
// to (the canvas's own drawing library), so that a line of the keyboard is one like any other.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { ARROWS, cell, middle, step, trail } = await import(`./keys.js${version}`);
const { say } = await import(`./status.js${version}`);

const PAUSE = 400; // ms without a step: then it is said where the pen is

let lowered = null; // the pen that is down

addEventListener("lift", () => lowered?.lift());

// A mouse that is touched meanwhile would draw a line to where it is.
addEventListener(
  "mousemove",
  (event) => event.isTrusted && lowered?.canvas.isConnected && event.stopImmediatePropagation(),
  true,
);

export class Pen {
  constructor(canvas) {
    this.canvas = canvas;
    this.place = middle(canvas.clientWidth);
    this.held = new Set(); // the arrows that are
    this.mark = Object.assign(document.createElement("div"), { className: "pen" });
    canvas.after(this.mark);
    canvas.addEventListener("keydown", (event) => this.pressed(event));
    canvas.addEventListener("keyup", ({ key }) => this.held.delete(key));
    canvas.addEventListener("blur", () => {
      this.held.clear();
      this.lift();
    });
    canvas.addEventListener("mousedown", (event) => event.isTrusted && this.lift(), true);
    this.show();
  }

  pressed(event) {
    const { key, altKey, ctrlKey, metaKey, shiftKey, repeat } = event;
    if (altKey || ctrlKey || metaKey) return;
    if (ARROWS[key]) {
      this.held.add(key);
      this.go(step(this.place, [...this.held], shiftKey, this.canvas.clientWidth));
    } else if (key === " ") {
      if (this.down && !repeat) this.lift();
      else if (!repeat) this.lower();
    } else if (key === "Escape") {
      const next = document.querySelector(".st-key-tools button:enabled");
      next ? next.focus() : this.canvas.blur();
    } else return; // not ours
    event.preventDefault();
  }

  get down() {
    return lowered === this;
  }

  go(to) {
    if (this.down) for (const place of trail(this.place, to)) this.dispatch("mousemove", place);
    this.place = to;
    this.show();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.tell(this.words.at), PAUSE);
  }

  lower() {
    lowered = this;
    this.dispatch("mousedown", this.place);
    this.show();
    this.tell(this.words.down);
  }

  lift() {
    if (!this.down) return;
    lowered = null;
    this.dispatch("mouseup", this.place);
    this.show();
    this.tell(this.words.up);
  }

  dispatch(type, [x, y]) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const scale = width / this.canvas.clientWidth;
    const at = { clientX: left + x * scale, clientY: top + y * scale };
    const buttons = type === "mouseup" ? 0 : 1;
    this.canvas.dispatchEvent(
      new MouseEvent(type, { ...at, buttons, bubbles: true, composed: true, cancelable: true }),
    );
  }

  show() {
    const [left, top] = this.place.map((value) => `${value}px`);
    Object.assign(this.mark.style, { left, top });
    this.mark.classList.toggle("down", this.down);
  }

  tell(words) {
    clearTimeout(this.pause);
    const [column, row] = cell(this.place);
    say(words.replace("{column}", column).replace("{row}", row));
  }
}
