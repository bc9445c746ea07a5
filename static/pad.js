// A canvas to draw on: by mouse, pen, one finger or keys. Its ink, and the pixels that its lines count,
// are those of the app's canvas.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { lifted, smooth } = await import(`./drawing.js${version}`);
const { CANVAS, MAX_STROKES } = await import(`./strokes.js${version}`);

const PEN = 20; // as in ui/strokes.py

export class Pad {
  place = null; // of the pen that the keys move
  mark = null; // paints it
  #canvas;
  #ground = document.createElement("canvas"); // the finished lines, as painted
  #past = []; // the lines before each step
  #lines = [];
  #stroke = null; // where the pen that is down has been
  #pointer = null; // the pen's or the finger's that draws
  #fingers = new Set(); // that touch the canvas
  #asked = false;
  #next = 0; // when it may be told again what is drawn
  #told;

  /**
   * @param {HTMLCanvasElement} canvas a square
   * @param {(lines: [number, number][][]) => void} changed hears what is drawn, in each frame
   * @param {(what: "down" | "up" | "at", [column, row]: number[]) => void} moved hears of the keys
   */
  constructor(canvas, changed, moved) {
    this.#canvas = canvas;
    this.#told = changed;
    this.moved = moved;
    const hear = (type, act) => addEventListener(type, act, true);
    hear("pointerdown", (event) => this.#down(event));
    hear("pointermove", (event) => this.#move(event));
    hear("pointerup", ({ pointerId }) => this.#up(pointerId, () => this.lift()));
    hear("pointercancel", ({ pointerId }) => this.#up(pointerId, () => this.#drop()));
    // A long press brings what `touch-action` does not stop.
    canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#pressed(event));
    canvas.addEventListener("blur", () => this.rest());
    new ResizeObserver(() => this.#resize()).observe(canvas);
  }

  get down() {
    return this.#stroke !== null;
  }

  get empty() {
    return !this.#lines.length && !this.down;
  }

  get full() {
    return this.#lines.length >= MAX_STROKES;
  }

  get undoable() {
    return this.#past.length > 0;
  }

  undo() {
    this.#drop();
    if (this.undoable) this.#set(this.#past.pop());
  }

  /** Put lines in the place of what is drawn; none clear it. Undo brings that back. */
  put(lines = []) {
    this.#drop();
    if (this.#lines.length) this.#past.push(this.#lines);
    this.#set(lines);
  }

  #set(lines) {
    this.#lines = lines;
    this.#repaint();
  }

  // A pinch begins with one finger: what that has drawn is taken back, wherever the other comes down.
  // Beside a hand that holds the phone one finger may draw, and a pen beside a hand that rests.
  #down(event) {
    const { pointerId: id, pointerType, isPrimary, target, button } = event;
    const touch = pointerType === "touch";
    if (touch && isPrimary) this.#fingers.clear(); // the end of an earlier one was never heard
    if (touch && target === this.#canvas) this.#fingers.add(id);
    if (touch && this.#pointer?.touch) this.#drop();
    else if (target === this.#canvas && button === 0 && this.#fingers.size < 2 && !this.down) {
      if (this.full) return;
      this.rest();
      this.#pointer = { id, touch };
      this.#canvas.setPointerCapture(id);
      this.begin(this.#placeOf(event));
    }
  }

  #move(event) {
    if (event.pointerId !== this.#pointer?.id) return;
    // A screen tells of a finger more often than it is painted.
    const events = event.getCoalescedEvents?.() ?? [];
    this.go(...(events.length ? events : [event]).map((one) => this.#placeOf(one)));
  }

  #up(id, act) {
    this.#fingers.delete(id);
    if (id === this.#pointer?.id) act();
  }

  #placeOf({ clientX, clientY }) {
    const { left, top, width } = this.#canvas.getBoundingClientRect();
    return [clientX - left, clientY - top].map((value) => (value * CANVAS) / width);
  }

  begin(place) {
    this.#stroke = [place];
    this.ask();
  }

  go(...places) {
    this.#stroke.push(...places);
    this.ask();
  }

  lift() {
    this.#past.push(this.#lines);
    const line = smooth(lifted(this.#stroke));
    this.#lines = [...this.#lines, line];
    paint(this.#ground, line);
    this.#drop();
  }

  #drop() {
    this.#stroke = this.#pointer = null;
    this.ask();
  }

  /** The keys are left. */
  rest() {
    if (this.down && !this.#pointer) this.lift();
    this.place = null;
    this.ask();
  }

  ask() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      const lines = this.#show();
      const begun = performance.now();
      if (begun < this.#next) return this.ask();
      this.#told(lines);
      const ended = performance.now();
      this.#next = ended + ended - begun; // of a long scribble, half of the time is left to the line
    });
  }

  #show() {
    const lines = [...this.#lines];
    this.#canvas.getContext("2d").drawImage(this.#ground, 0, 0);
    if (this.down) {
      lines.push(smooth(lifted(this.#stroke)));
      paint(this.#canvas, lines.at(-1));
    }
    if (this.place) this.mark(this.#canvas, this.place);
    return lines;
  }

  #resize() {
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (!side || side === this.#canvas.width) return; // out of sight, or as it was
    for (const canvas of [this.#canvas, this.#ground]) canvas.width = canvas.height = side;
    this.#repaint();
    this.#show(); // a new size empties a canvas, and it is about to be seen
  }

  #repaint() {
    const { width } = this.#ground;
    const context = this.#ground.getContext("2d");
    context.fillRect(0, 0, width, width); // black
    for (const line of this.#lines) paint(this.#ground, line);
    this.ask();
  }

  // Most visitors need no keys: what they do comes with the first.
  async #pressed(event) {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (!/^(Arrow.*| |Escape)$/.test(key) || altKey || ctrlKey || metaKey || this.#pointer) return;
    event.preventDefault();
    const { pressed } = await import(`./pad_keys.js${version}`);
    pressed(this, event);
  }
}

function paint(canvas, line) {
  const context = canvas.getContext("2d");
  const scale = canvas.width / CANVAS;
  context.strokeStyle = "#fff";
  context.lineWidth = PEN * scale;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  for (const [x, y] of line) context.lineTo(x * scale, y * scale);
  // A line of no length is not painted, even with round caps: a dot needs a hair of it.
  if (line.length === 1) context.lineTo(line[0][0] * scale + 0.01, line[0][1] * scale);
  context.stroke();
}
