// The wall of a room: a tile for each digit, as the model has drawn it; beside it the drawing
// itself, once the speaker has asked for that. The tiles shrink as there are more.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { picture, sketch } = await import(`./paint.js${version}`);
const { fit } = await import(`./tiles.js${version}`);

const NAMED = 116; // CSS pixels: on a smaller tile a name has no room
const FOOT = 48; // two lines of it
const LARGEST = 230;
const SHOWN = { gap: 10, across: 2, foot: FOOT };
const SHARE = 0.45; // of the height, that drawings and their reconstructions may take together
const DRAWING = 224; // pixels
const ARRIVAL = 700; // milliseconds
const PULSES = 10; // at once
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Wall {
  /**
   * @param {Element} root
   * @param {object} on
   * @param {(id: number) => void} on.press a tile was pressed
   * @param {(id: number) => void} on.remove the Delete key was, on a tile
   * @param {(id: number | null) => void} on.point the pointer or the focus is on this tile
   */
  constructor(root, on) {
    this.root = root;
    this.lists = { shown: root.querySelector(".revealed"), rest: root.querySelector(".tiles") };
    this.tiles = new Map(); // id -> Tile
    this.ranks = 0;
    this.pulses = 0;
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(root);
    const idOf = ({ target }) => Number(target.closest?.("[data-id]")?.dataset.id) || null;
    root.addEventListener("click", (event) => idOf(event) && on.press(idOf(event)));
    for (const type of ["pointerover", "focusin"]) {
      root.addEventListener(type, (event) => on.point(idOf(event)));
    }
    for (const type of ["pointerleave", "focusout"]) {
      root.addEventListener(type, () => on.point(null));
    }
    root.addEventListener("keydown", (event) => {
      if (event.key === "Delete" && idOf(event)) on.remove(idOf(event));
      else this.step(event);
    });
  }

  /**
   * @param {{id: number, name: string, strokes: string, shown: boolean, sight: Sight}[]} digits
   *   those without a sight yet stay as they are
   * @returns {number[]} the ids of those that are new
   */
  show(digits) {
    const arrived = [];
    const wanted = new Set(digits.map(({ id }) => id));
    this.moved = false;
    let focused = false;
    for (const [id, { item, button }] of this.tiles) {
      if (wanted.has(id)) continue;
      focused ||= button.matches(":focus");
      item.remove();
      this.tiles.delete(id);
      this.moved = true;
    }
    for (const digit of digits) {
      if (digit.sight && !this.tiles.has(digit.id)) arrived.push(digit.id);
      if (digit.sight) this.put(digit);
    }
    if (this.moved) this.arrange();
    if (focused) this.root.querySelector("[tabindex='0']")?.focus();
    return arrived;
  }

  put({ id, name, strokes, shown, sight }) {
    let tile = this.tiles.get(id);
    if (!tile) {
      tile = build(id);
      tile.rank = this.ranks++;
      this.tiles.set(id, tile);
    }
    if (tile.name !== name) {
      tile.button.setAttribute("aria-label", name);
      tile.words.textContent = name;
    }
    if (tile.sight !== sight) {
      picture(sight.reconstruction, null, tile.picture);
      if (tile.strokes && tile.strokes !== strokes) this.pulse(tile.picture);
    }
    if (tile.shown !== shown || (shown && tile.strokes !== strokes))
      this.reveal(tile, shown, strokes);
    Object.assign(tile, { name, strokes, shown, sight });
  }

  reveal(tile, shown, strokes) {
    tile.button.setAttribute("aria-pressed", shown);
    tile.drawing?.remove();
    tile.drawing = shown ? sketch(strokes, DRAWING) : null;
    if (shown) tile.picture.before(tile.drawing);
    const list = shown ? this.lists.shown : this.lists.rest;
    if (tile.item.parentElement === list) return;
    const focused = tile.button.matches(":focus");
    const rankOf = (item) => this.tiles.get(Number(item.firstChild.dataset.id)).rank;
    const last = list.lastChild && rankOf(list.lastChild) > tile.rank; // not a new one
    const after = last ? [...list.children].find((item) => rankOf(item) > tile.rank) : null;
    list.insertBefore(tile.item, after);
    if (focused) tile.button.focus({ preventScroll: true });
    this.moved = true;
  }

  // As large as all of them fit.
  arrange() {
    this.keepOneStop();
    const { shown, rest } = this.lists;
    const [width, height] = [this.root.clientWidth, this.root.clientHeight];
    const [few, many] = [shown.children.length, rest.children.length];
    let left = height;
    if (few) {
      const tile = { ...SHOWN, largest: many ? LARGEST : 2 * LARGEST };
      const { columns, side } = fit(few, [width, many ? SHARE * height : height], tile);
      shown.style.setProperty("--side", `${side}px`);
      left -= Math.ceil(few / columns) * (side + FOOT + SHOWN.gap);
    }
    const gap = many > 100 ? 4 : 8;
    const named = fit(many, [width, left], { gap, largest: LARGEST, foot: FOOT });
    const bare = fit(many, [width, left], { gap, largest: LARGEST });
    const { columns, side } = named.side < NAMED ? bare : named;
    Object.assign(this, { columns });
    rest.style.setProperty("--side", `${side}px`);
    rest.style.setProperty("--gap", `${gap}px`);
    rest.classList.toggle("named", named.side >= NAMED);
  }

  // One stop of the Tab key; from tile to tile the arrows go.
  keepOneStop(stop) {
    const buttons = [...this.root.querySelectorAll("[data-id]")];
    stop ??= buttons.find(({ tabIndex }) => tabIndex === 0) ?? buttons[0];
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  }

  step(event) {
    const buttons = [...this.root.querySelectorAll("[data-id]")];
    const at = buttons.indexOf(event.target);
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns };
    const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? at + steps[event.key];
    if (at < 0 || !buttons[to]) return;
    event.preventDefault();
    this.keepOneStop(buttons[to]);
    buttons[to].focus();
  }

  mark(id) {
    for (const tile of this.tiles.values()) tile.item.classList.toggle("marked", tile.id === id);
  }

  box(id) {
    return this.tiles.get(id)?.picture.getBoundingClientRect() ?? null;
  }

  copy(id) {
    const { picture } = this.tiles.get(id);
    const canvas = picture.cloneNode();
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas;
  }

  /**
   * Let a new tile come from nowhere.
   * @returns {Promise<void>} until it is there
   */
  arrive(id) {
    const { item } = this.tiles.get(id);
    const { left, top, width } = item.getBoundingClientRect();
    const around = this.root.getBoundingClientRect();
    const [x, y] = [around.left + around.width / 2 - left, around.top + around.height / 2 - top];
    const scale = Math.max(LARGEST / width, 2);
    const from = `translate(${x - width / 2}px, ${y - width / 2}px) scale(${scale})`;
    const frames = [
      { transform: from, opacity: 0, zIndex: 1 },
      { transform: from, opacity: 1, zIndex: 1, offset: 0.3 },
      { transform: "none", opacity: 1, zIndex: 1 },
    ];
    return item.animate(frames, { duration: ARRIVAL, easing: "ease-in-out" }).finished;
  }

  // Another drawing of somebody who is there already.
  async pulse(canvas) {
    if (calm.matches || this.pulses >= PULSES) return;
    this.pulses += 1;
    await canvas.animate([{ opacity: 0.2 }, { opacity: 1 }], ARRIVAL).finished;
    this.pulses -= 1;
  }

  destroy() {
    this.observer.disconnect();
  }
}

function build(id) {
  const [item, button, words] = ["li", "button", "span"].map((name) =>
    document.createElement(name),
  );
  const canvas = document.createElement("canvas");
  canvas.className = "pixels";
  button.type = "button";
  button.dataset.id = id;
  button.tabIndex = -1;
  button.append(canvas, words);
  item.append(button);
  return { id, item, button, words, picture: canvas, drawing: null };
}
