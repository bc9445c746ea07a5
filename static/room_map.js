// The map of a room: a star for each digit on the wall, above the pale points of MNIST's.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { MapView, ring } = await import(`./map_view.js${version}`);
const { clamp, distance } = await import(`./raster.js${version}`);

const GLIDE = 500; // milliseconds
const EDGE = 8; // CSS pixels of a star's outline, on both sides
const REACH = 6; // CSS pixels around a star in which it is meant
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class RoomMap extends MapView {
  /** @param {(id: number | null) => void} point is told which star the pointer is on */
  constructor(host, canvas, point) {
    super(host, canvas, { opacity: 0.35, numeral: 20 });
    this.stars = new Map(); // id -> where it goes from, where to, and since when
    this.coming = new Set(); // those that are on their way from the wall
    this.seen = []; // id, and where its star is, as painted last
    canvas.addEventListener("pointermove", (event) => point(this.under(event)));
    canvas.addEventListener("pointerleave", () => point(null));
  }

  /**
   * @param {CodeMap} map
   * @param {Map<number, number[] | undefined>} places id -> x and y; undefined if not known yet
   */
  show(map, places) {
    if (map !== this.map) {
      this.lookAt(map);
      this.stars.clear();
    }
    for (const id of this.stars.keys()) if (!places.has(id)) this.stars.delete(id);
    for (const [id, to] of places) {
      const star = this.stars.get(id);
      if (!to || star?.to === to) continue;
      const still = !star || calm.matches;
      this.stars.set(id, { to, from: still ? to : this.spot(star), start: performance.now() });
    }
    this.draw();
  }

  spot({ from, to, start }) {
    const rest = 1 - clamp((performance.now() - start) / GLIDE, 0, 1);
    return to.map((end, i) => end + (from[i] - end) * rest ** 3);
  }

  // Where a star is on the screen; null if it has no place there.
  box(id) {
    const star = this.stars.get(id);
    if (!star) return null;
    const { left, top } = this.canvas.getBoundingClientRect();
    const [[x, y]] = this.kept([this.spot(star)]);
    const radius = this.star;
    return {
      left: left + x - radius,
      top: top + y - radius,
      bottom: top + y + radius,
      width: 2 * radius,
    };
  }

  mark(id) {
    if (this.marked !== id && this.map) this.change({ marked: id });
  }

  under({ offsetX, offsetY }) {
    let [nearest, least] = [null, this.star + REACH];
    for (const [id, place] of this.seen) {
      const away = distance(place, [offsetX, offsetY]);
      if (away < least) [nearest, least] = [id, away];
    }
    return nearest;
  }

  // The fewer, the larger.
  get star() {
    return clamp(60 / Math.sqrt(this.stars.size + 1), 5, 14);
  }

  paint() {
    const context = this.paintBehind();
    if (!context) return;
    const there = [...this.stars].filter(([id]) => !this.coming.has(id));
    const places = this.kept(there.map(([, star]) => this.spot(star)));
    this.seen = there.map(([id], i) => [id, places[i]]);
    this.paintStars(context, places);
    const marked = this.seen.find(([id]) => id === this.marked);
    if (marked) this.stroke(context, ring(...marked[1], this.star + 8), undefined, 4);
    const now = performance.now();
    if (there.some(([, { from, to, start }]) => from !== to && now - start < GLIDE)) this.draw();
    this.host.dataset.stars = there.length;
  }

  // One star as a picture: hundreds of paths in each frame would cost more than all the rest.
  paintStars(context, places) {
    const ratio = devicePixelRatio;
    const side = Math.ceil((2 * this.star + EDGE) * ratio);
    const looks = JSON.stringify([side, this.star, this.colours]);
    if (looks !== this.looks) {
      this.picture = Object.assign(document.createElement("canvas"), { width: side, height: side });
      const star = this.picture.getContext("2d");
      star.scale(ratio, ratio);
      this.paintStar(star, [side / 2 / ratio, side / 2 / ratio], this.star);
      this.looks = looks;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    for (const place of places) {
      const [left, top] = place.map((value) => Math.round(value * ratio - side / 2));
      context.drawImage(this.picture, left, top);
    }
    context.scale(ratio, ratio);
  }
}
