// Digits that have just come fly from nowhere to the wall, and on to the map.

const MOST = 6; // at once; more only come
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Flights {
  #ghosts = new Map(); // id -> the picture that flies, or null before it does

  /**
   * @param {Element} sky
   * @param {Wall} wall
   * @param {RoomMap} map
   */
  constructor(sky, wall, map) {
    Object.assign(this, { sky, wall, map });
  }

  /** @returns {boolean} may this digit fly? Then it has to */
  book(id) {
    if (this.#ghosts.size >= MOST || calm.matches || document.hidden) return false;
    this.#ghosts.set(id, null);
    return true;
  }

  /** @param {number} id booked; the wall leaves it out until it lands */
  async begin(id) {
    const { wall, map } = this;
    const ghost = wall.copy(id);
    this.#ghosts.set(id, ghost);
    map.coming.add(id);
    this.sky.append(ghost);
    const nowhere = middle(wall.root.getBoundingClientRect());
    const places = { wall: () => wall.box(id), map: () => map.box(id) };
    await glide(ghost, [nowhere, 0], [nowhere, 1], 250);
    if (places.wall()) await glide(ghost, [nowhere, 1], [places.wall(), 1], 600);
    wall.land(id);
    if (places.wall() && places.map()) {
      await glide(ghost, [places.wall(), 0.9], [places.map(), 0.6], 600);
    }
    ghost.remove();
    this.#ghosts.delete(id);
    map.coming.delete(id);
    map.draw();
  }

  /** Whoever was taken away meanwhile is not seen any more. */
  recall() {
    for (const [id, ghost] of this.#ghosts) if (!this.wall.box(id)) ghost?.remove();
  }
}

function middle({ left, top, width, height }) {
  const side = Math.min(width, height) / 2;
  return { left: left + (width - side) / 2, top: top + (height - side) / 2, width: side };
}

// From a place, and how opaque it is there, to another one.
function glide(ghost, from, to, duration) {
  const frames = [from, to].map(([{ left, top, width }, opacity]) => {
    return { transform: `translate(${left}px, ${top}px) scale(${width / ghost.width})`, opacity };
  });
  return ghost.animate(frames, { duration, easing: "ease-in-out", fill: "both" }).finished;
}
