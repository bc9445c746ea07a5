// The map of codes at one moment of a training: 1,000 points that lie elsewhere in the next one.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { flatMap } = await import(`./latent.js${version}`);
const { MapView } = await import(`./map_view.js${version}`);

export class MovingMap extends MapView {
  /** @param {HTMLElement} host in whose colours it is painted */
  constructor(host, canvas) {
    super(host, canvas, { numeral: 14 });
  }

  /**
   * @param {string} id of the moment: another one is painted, once, with the next frame
   * @param {Uint8Array} points of shape (n, 2)
   * @param {number[]} digits of shape (n)
   */
  show(id, points, digits, palette) {
    if (id !== this.map?.id) this.lookAt({ id, ...flatMap(points, digits, palette) });
    this.change({ colours: this.readColours() });
  }

  paint() {
    if (this.paintBehind()) this.canvas.dataset.moment = this.map.id;
  }
}
