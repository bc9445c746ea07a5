// The points of a map on a canvas: where they are, how they are painted, what of them is in sight.
// What stands on them is painted by whoever extends it: map_canvas.js, room_map.js.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { meanCode } = await import(`./latent.js${version}`);
const { decode } = await import(`./network.js${version}`);
const { picture } = await import(`./paint.js${version}`);
const { Painted } = await import(`./painted.js${version}`);
const { clamp, spread, stamp } = await import(`./raster.js${version}`);

const MARGIN = 28; // CSS pixels between the outermost point and the edge
const MAX_ZOOM = 60;
const FEW = 150; // with fewer points in view, each is drawn as its picture

export class MapView extends Painted {
  /**
   * @param {Element} host in whose colours it is painted
   * @param {HTMLCanvasElement} canvas
   * @param {{opacity?: number, numeral?: number}} how how strongly the points are painted, and how
   *   large, in CSS pixels, the numeral in their middle
   */
  constructor(host, canvas, { opacity = 1, numeral = 16 } = {}) {
    super([canvas]);
    Object.assign(this, { host, canvas, opacity, numeral });
    this.ground = document.createElement("canvas"); // the points, which change with the view only
  }

  lookAt(map) {
    const [x, y] = map.middle;
    Object.assign(this, { map, view: { x, y, zoom: 1 }, pictures: new Map() });
  }

  readColours() {
    const style = getComputedStyle(this.host);
    const colour = (name) => style.getPropertyValue(`--st-${name}-color`).trim();
    const [text, background, primary] = ["text", "background", "primary"].map(colour);
    return { text, background, primary, font: style.fontFamily };
  }

  // Where things are. Map units are the points', y upwards; on the screen CSS pixels, y downwards.

  get size() {
    return [this.canvas.clientWidth, this.canvas.clientHeight];
  }

  get scale() {
    const fits = this.map.ends.map(
      ([low, high], i) => Math.max(this.size[i] - 2 * MARGIN, 1) / (high - low || 1),
    );
    return Math.min(...fits) * this.view.zoom;
  }

  toScreen(x, y) {
    const { scale, size, view } = this;
    return [size[0] / 2 + (x - view.x) * scale, size[1] / 2 - (y - view.y) * scale];
  }

  toMap([left, top]) {
    const { scale, size, view } = this;
    return [view.x + (left - size[0] / 2) / scale, view.y - (top - size[1] / 2) / scale];
  }

  // Where the places of codes are on the screen. A drawing like no digit lies off the map; its star
  // stays at the edge.
  kept(places) {
    const { scale, size, view, map } = this; // once, and not in toScreen for each of hundreds
    const spare = MARGIN / 2 / scale;
    const [[left, right], [bottom, top]] = map.ends;
    return places.map(([x, y]) => [
      size[0] / 2 + (clamp(x, left - spare, right + spare) - view.x) * scale,
      size[1] / 2 - (clamp(y, bottom - spare, top + spare) - view.y) * scale,
    ]);
  }

  // Not out of what the whole map shows: zooming in then keeps what is under the pointer there.
  pan(right, down) {
    const { scale, size, view, map } = this;
    [view.x, view.y] = [view.x - right / scale, view.y + down / scale].map((middle, i) => {
      const slack = ((size[i] / 2) * (view.zoom - 1)) / scale;
      return clamp(middle, map.middle[i] - slack, map.middle[i] + slack);
    });
    this.draw();
  }

  zoomAt([left, top], factor) {
    if (!this.map) return;
    const [x, y] = this.toMap([left, top]);
    this.view.zoom = clamp(this.view.zoom * factor, 1, MAX_ZOOM);
    const [right, down] = this.toScreen(x, y);
    this.pan(left - right, top - down);
    this.change({ hover: null });
  }

  // On stage the page is.
  get magnified() {
    return this.canvas.currentCSSZoom ?? 1;
  }

  // The points; gives what to paint the rest with, in CSS pixels, or null where nothing is to be
  // seen.
  paintBehind() {
    const { map, canvas, view } = this;
    const [width, height] = this.size;
    // In a hidden tab: the ResizeObserver calls again when it is shown.
    if (!map || !width || !height) return null;
    const ratio = devicePixelRatio * this.magnified;
    const [columns, rows] = [width, height].map((length) => Math.round(length * ratio));
    if (canvas.width !== columns || canvas.height !== rows) {
      Object.assign(canvas, { width: columns, height: rows });
      this.pan(0, 0);
    }
    const ground = JSON.stringify([map.id, view, width, height, ratio, this.colours]);
    if (ground !== this.painted) this.painted = this.paintGround(ratio) ? ground : null;
    if (!this.painted) this.draw();
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.globalAlpha = this.opacity;
    context.drawImage(this.ground, 0, 0);
    context.globalAlpha = 1;
    context.scale(ratio, ratio);
    if (!this.few) this.paintNumerals(context);
    return context;
  }

  // True if all of it is there: many pictures are decoded over several frames.
  paintGround(ratio) {
    const { map, ground, canvas } = this;
    const { points, digits } = map;
    const [width, height] = this.size;
    Object.assign(ground, { width: canvas.width, height: canvas.height });
    const context = ground.getContext("2d");
    context.scale(ratio, ratio);
    this.radius = clamp(Math.min(width, height) / 230, 1.5, 2.2) * this.view.zoom ** 0.3;
    this.side = clamp(0.8 * Math.sqrt((width * height) / FEW), 26, 44); // of a picture
    const [x, y] = [width, height].map((length) => length / 2 + this.side / 2);
    const { scale, view } = this; // once, and not in toScreen for each of 5,000
    const seen = [];
    for (let i = 0; i < digits.length; i++) {
      const left = width / 2 + (points[2 * i] - view.x) * scale;
      const top = height / 2 - (points[2 * i + 1] - view.y) * scale;
      if (Math.abs(left - width / 2) < x && Math.abs(top - height / 2) < y)
        seen.push([i, left, top]);
    }
    this.few = seen.length < FEW;
    if (this.few) return this.paintPictures(context, seen);
    const dots = seen.map(([i, left, top]) => [digits[i], left * ratio, top * ratio]);
    const image = context.createImageData(ground.width, ground.height);
    stamp(new Uint32Array(image.data.buffer), ground.width, this.radius * ratio, dots, map.palette);
    context.putImageData(image, 0, 0);
    const medians = map.medians.map(([x, y]) => this.toScreen(x, y));
    this.numerals = spread(medians, 2 * this.badge + 1);
    return true;
  }

  // The radius of a numeral's disc.
  get badge() {
    return (11 / 16) * this.numeral;
  }

  // In the middle of each digit's points its numeral, ringed in their colour: the legend, where one
  // looks for it.
  paintNumerals(context) {
    const { map, colours } = this;
    Object.assign(context, {
      font: `700 ${this.numeral}px ${colours.font}`,
      textAlign: "center",
      textBaseline: "middle",
    });
    context.lineWidth = 3;
    this.numerals.forEach(([left, top], digit) => {
      const disc = ring(left, top, this.badge);
      context.fillStyle = colours.background;
      context.fill(disc);
      context.strokeStyle = map.palette[digit];
      context.stroke(disc);
      context.fillStyle = colours.text;
      context.fillText(digit, left, top + 1);
    });
  }

  paintPictures(context, seen) {
    const { map, colours, pictures, side } = this;
    const until = performance.now() + 8;
    if (pictures.size > 1000) pictures.clear();
    context.imageSmoothingEnabled = false;
    let complete = true;
    for (const [i, left, top] of seen) {
      if (!pictures.has(i) && performance.now() < until) {
        const pixels = decode(map.layers, meanCode(map, [i]));
        pictures.set(i, picture(pixels, map.palette[map.digits[i]]));
      }
      complete &&= pictures.has(i);
      if (!pictures.has(i)) continue;
      const box = [left - side / 2, top - side / 2, side, side];
      Object.assign(context, { globalAlpha: 0.75, fillStyle: colours.background });
      context.fillRect(...box);
      context.globalAlpha = 1;
      context.drawImage(pictures.get(i), ...box);
    }
    return complete;
  }

  // Twice, so that it stands out from whatever lies below.
  stroke(context, path, colour = this.colours.text, width = 2) {
    context.lineJoin = "round";
    Object.assign(context, { strokeStyle: this.colours.background, lineWidth: width + 3 });
    context.stroke(path);
    Object.assign(context, { strokeStyle: colour, lineWidth: width });
    context.stroke(path);
  }

  paintStar(context, [x, y], radius) {
    const path = starPath(x, y, radius);
    this.stroke(context, path, this.colours.text, Math.min(3, radius / 4));
    context.fillStyle = this.colours.primary;
    context.fill(path);
  }
}

export function ring(x, y, radius) {
  const path = new Path2D();
  path.arc(x, y, radius, 0, 2 * Math.PI);
  return path;
}

export function outline(corners, closed) {
  const path = new Path2D();
  for (const corner of corners) path.lineTo(...corner);
  if (closed) path.closePath();
  return path;
}

function starPath(x, y, radius) {
  const corner = (_, i) => {
    const [angle, length] = [(i * Math.PI) / 5, i % 2 ? 0.45 * radius : radius];
    return [x + length * Math.sin(angle), y - length * Math.cos(angle)];
  };
  return outline(Array.from({ length: 10 }, corner), true);
}
