// Paints a gradient descent: the points with the line at the present angle, and the loss of all
// angles with the ball that rolls on it.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { direction } = await import(`./descent.js${version}`);
const { stroke } = await import(`./surface.js${version}`);

const BALL = 8; // CSS pixels, its radius
const ROOM = { top: 16, side: 12, bottom: 24 }; // CSS pixels around the curve
const TICK = 30; // degrees
const SEEN = 3; // CSS pixels: a shorter move has no arrow
const TANGENT = 34; // CSS pixels to either side of the ball
const DEGREE = Math.PI / 180;

/**
 * Where angles and losses are on the curve's canvas, in CSS pixels.
 * @param {Valley} valley as in descent.js
 * @param {number} width
 * @param {number} height
 */
export function frame(valley, width, height) {
  const low = valley.bottom - Math.PI / 2; // from top to top
  const most = valley.loss(low);
  const across = (width - 2 * ROOM.side) / Math.PI;
  const up = (height - ROOM.top - ROOM.bottom) / most;
  const left = (angle) => ROOM.side + across * (angle - low);
  const top = (loss) => height - ROOM.bottom - up * loss;
  return {
    low,
    high: low + Math.PI,
    across,
    up,
    left,
    top,
    at: (angle) => [left(angle), top(valley.loss(angle))],
    angle: (x) => low + (x - ROOM.side) / across,
  };
}

/**
 * The points, the line, and by how much it misses them.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {{valley: Valley, points: ArrayLike<number>, angle: number, look: object}} scene
 * @param {number} width
 * @param {number} height
 */
export function paintPoints(context, { valley, points, angle, look }, width, height) {
  const reach = Math.max(...Array.from(points, Math.abs));
  const scale = (0.94 * Math.min(width, height)) / 2 / reach;
  const place = ([x, y]) => [width / 2 + scale * x, height / 2 - scale * y];
  const [cos, sin] = direction(angle);
  const [x, y] = valley.mean;
  const on = (code) => place([x + code * cos, y + code * sin]);
  const misses = [];
  const places = [];
  for (let at = 0; at < points.length; at += 2) {
    const [right, up] = [points[at], points[at + 1]];
    places.push(place([right, up]));
    misses.push([places.at(-1), on((right - x) * cos + (up - y) * sin)]);
  }
  stroke(context, misses, { colour: look.text, alpha: 0.22 });
  context.fillStyle = look.text;
  context.globalAlpha = 0.75;
  for (const [left, top] of places) disc(context, left, top, 1.7);
  context.globalAlpha = 1;
  const far = Math.hypot(width, height) / scale;
  stroke(context, [[on(-far), on(far)]], { colour: look.background, width: 6 });
  stroke(context, [[on(-far), on(far)]], { colour: look.ball, width: 3 });
}

/**
 * The curve, the way the ball came, where it is and where it goes next.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {object} scene
 * @param {Valley} scene.valley
 * @param {number[]} scene.trail the angles so far, the present one last
 * @param {number} scene.next the angle after the next step
 * @param {object} scene.look
 * @param {number} width
 * @param {number} height
 */
export function paintCurve(context, { valley, trail, next, look }, width, height) {
  const where = frame(valley, width, height);
  axis(context, where, valley, look);
  const curve = Array.from({ length: 121 }, (_, i) => where.at(where.low + (i / 120) * Math.PI));
  stroke(context, [curve], { colour: look.text, width: 2.5 });
  const way = trail.map(where.at);
  const jumps = way.slice(1).map((end, i) => [way[i], end]);
  const seen = jumps.filter(([[from], [to]]) => Math.abs(to - from) > SEEN);
  stroke(context, seen, { colour: look.ball, width: 1.2, alpha: 0.6 });
  context.fillStyle = look.ball;
  context.globalAlpha = 0.6;
  for (const [left, top] of way.slice(0, -1)) disc(context, left, top, 2.5);
  context.globalAlpha = 1;
  ball(context, where, valley, trail.at(-1), next, look);
}

function disc(context, left, top, radius) {
  context.beginPath();
  context.arc(left, top, radius, 0, 2 * Math.PI);
  context.fill();
}

function axis(context, where, valley, { text, border, font }) {
  const ground = where.top(0);
  stroke(
    context,
    [
      [
        [where.left(where.low), ground],
        [where.left(where.high), ground],
      ],
    ],
    {
      colour: border,
    },
  );
  context.font = `12px ${font}`;
  context.fillStyle = text;
  context.textAlign = "center";
  context.textBaseline = "top";
  const first = Math.ceil(where.low / DEGREE / TICK) * TICK;
  for (let degrees = first; degrees * DEGREE < where.high; degrees += TICK) {
    const left = where.left(degrees * DEGREE);
    stroke(
      context,
      [
        [
          [left, ground],
          [left, ground + 4],
        ],
      ],
      { colour: border },
    );
    context.fillText(`${degrees}°`.replace("-", "\u2212"), left, ground + 8);
  }
  const [left, top] = where.at(valley.bottom);
  const pole = ROOM.top + 8;
  stroke(
    context,
    [
      [
        [left, pole],
        [left, top],
      ],
    ],
    { colour: text, alpha: 0.6, dash: [3, 4] },
  );
  context.textBaseline = "bottom";
  context.fillText("PCA", left, pole - 2);
}

// With the tangent, which is all that a step knows of the curve, and the arrow of the next move.
function ball(context, where, valley, angle, next, { text, background, ball: colour }) {
  const [left, top] = where.at(angle);
  const slope = (-valley.derivative(angle) * where.up) / where.across; // in pixels, downwards
  const length = TANGENT / Math.hypot(1, slope);
  const tangent = [-length, length].map((right) => [left + right, top + slope * right]);
  stroke(context, [tangent], { colour: text, width: 1.5, dash: [5, 3] });
  const end = where.left(next);
  if (Math.abs(end - left) > SEEN) {
    const [ghost, ground] = where.at(next);
    const back = 6 * Math.sign(end - left);
    const arrow = [
      [
        [left, top],
        [end, top],
      ],
      [
        [end - back, top - 4],
        [end, top],
        [end - back, top + 4],
      ],
    ];
    stroke(context, arrow, { colour: background, width: 5 });
    stroke(
      context,
      [
        [
          [end, top],
          [ghost, ground],
        ],
      ],
      { colour, alpha: 0.7, dash: [2, 3] },
    );
    stroke(context, arrow, { colour, width: 2 });
    context.fillStyle = background;
    disc(context, ghost, ground, BALL - 2);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
  }
  context.fillStyle = background;
  disc(context, left, top, BALL + 2);
  context.fillStyle = colour;
  disc(context, left, top, BALL);
}
