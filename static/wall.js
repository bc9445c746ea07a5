// The wall of a room: a tile for each digit, as the model has drawn it; beside it the drawing
// itself, once the speaker has asked for that. The tiles shrink as there are more.
//
// A tile is a button, and all pictures are painted on one canvas below: of a canvas each the browser
// would make a layer, and hundreds of layers cost it several times what we compute.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { picture, sketch } = await import(`./paint.js${version}`);
const { fit } = await import(`./tiles.js${version}`);

const NAMED = 116; // CSS pixels: on a smaller tile a name has no room
const FOOT = 48; // two lines of it
const LARGEST = 230;
const SHOWN = { gap: 10, across: 2, foot: FOOT };
const SHARE = 0.45; // of the height, that drawings and their reconstructions may take together
const DRAWING = 224; // pixels
const PULSE = 700; // milliseconds in which another drawing comes forth
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
    this.board = root.querySelector(".board");
    this.lists = { shown: root.querySelector(".revealed"), rest: root.querySelector(".tiles") };
    this.tiles = new Map(); // id -> Tile
    this.ranks = 0;
    this.stale = new Set(); // tiles whose picture has changed, or still comes forth
    this.coming = new Set(); // ids of those that are still in the air
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
   * @param {(id: number) => boolean} flies does this one come through the air? See `land`
   * @returns {number[]} the ids of those that do
   */
  show(digits, flies) {
    const flying = [];
    const wanted = new Set(digits.map(({ id }) => id));
    let focused = false;
    this.moved = false;
    for (const [id, tile] of this.tiles) {
      if (wanted.has(id)) continue;
      focused ||= tile.button.matches(":focus");
      tile.item.remove();
      this.tiles.delete(id);
      this.stale.delete(tile);
      this.moved = true;
    }
    for (const digit of digits) {
      if (!digit.sight) continue;
      if (!this.tiles.has(digit.id) && flies(digit.id)) flying.push(digit.id);
      this.put(digit);
    }
    for (const id of flying) this.coming.add(id);
    if (this.moved) this.arrange();
    else if (this.stale.size) this.paint();
    if (focused) this.root.querySelector("[tabindex='0']")?.focus();
    return flying;
  }

  put({ id, name, strokes, shown, sight }) {
    let tile = this.tiles.get(id);
    if (!tile) {
      tile = { ...build(id), rank: this.ranks++ };
      this.tiles.set(id, tile);
    }
    if (tile.name !== name) {
      tile.button.setAttribute("aria-label", name);
      tile.words.textContent = name;
    }
    if (tile.sight !== sight) {
      picture(sight.reconstruction, null, tile.picture);
      if (tile.strokes && tile.strokes !== strokes && !calm.matches) tile.since = performance.now();
      this.stale.add(tile);
    }
    if (tile.shown !== shown || (shown && tile.strokes !== strokes))
      this.reveal(tile, shown, strokes);
    Object.assign(tile, { name, strokes, shown, sight });
  }

  reveal(tile, shown, strokes) {
    tile.button.setAttribute("aria-pressed", shown);
    tile.drawing = shown ? sketch(strokes, DRAWING) : null;
    tile.button.querySelector(".drawing")?.remove();
    if (shown) tile.button.prepend(box("drawing"));
    this.stale.add(tile);
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
    this.place();
  }

  // Where the pictures lie, and all of them anew.
  place() {
    const { left, top, width, height } = this.root.getBoundingClientRect();
    this.board.width = width * devicePixelRatio;
    this.board.height = height * devicePixelRatio;
    for (const tile of this.tiles.values()) {
      tile.boxes = [...tile.button.querySelectorAll("i")].map((element) => {
        const at = element.getBoundingClientRect();
        const place = [at.left - left, at.top - top, at.width, at.height];
        return [element.className, place.map((length) => Math.round(length * devicePixelRatio))];
      });
    }
    this.stale = new Set(this.tiles.values());
    this.paint();
  }

  paint() {
    const context = this.board.getContext("2d");
    context.fillStyle = "#000";
    const now = performance.now();
    for (const tile of this.stale) {
      const age = (now - (tile.since ?? -PULSE)) / PULSE;
      for (const [what, at] of tile.boxes) {
        context.clearRect(...at);
        if (this.coming.has(tile.id)) continue;
        context.imageSmoothingEnabled = what === "drawing";
        context.fillRect(...at);
        context.globalAlpha = Math.min(0.2 + 0.8 * age, 1);
        context.drawImage(what === "drawing" ? tile.drawing : tile.picture, ...at);
        context.globalAlpha = 1;
      }
      if (age >= 1) this.stale.delete(tile);
    }
    if (this.stale.size) {
      this.next ??= requestAnimationFrame(() => {
        this.next = null;
        this.paint();
      });
    }
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

  /** @returns {DOMRect | null} where a digit's picture is on the screen */
  box(id) {
    return this.tiles.get(id)?.button.querySelector(".pixels").getBoundingClientRect() ?? null;
  }

  /** @returns {HTMLCanvasElement} a digit's picture, to fly with */
  copy(id) {
    const { picture } = this.tiles.get(id);
    const canvas = picture.cloneNode();
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas;
  }

  /** One that came through the air is here. */
  land(id) {
    this.coming.delete(id);
    const tile = this.tiles.get(id);
    if (!tile) return;
    this.stale.add(tile);
    this.paint();
  }

  destroy() {
    this.observer.disconnect();
    cancelAnimationFrame(this.next);
  }
}

function build(id) {
  const [item, button, words] = ["li", "button", "span"].map((name) =>
    document.createElement(name),
  );
  button.type = "button";
  button.dataset.id = id;
  button.tabIndex = -1;
  button.append(box("pixels"), words);
  item.append(button);
  return { id, item, button, words, picture: document.createElement("canvas"), boxes: [] };
}

function box(name) {
  const element = document.createElement("i");
  element.className = name;
  return element;
}
