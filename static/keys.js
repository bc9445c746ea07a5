// Keys and what they mean, without a reference to the page: steps of a pen, and shortcuts.

export const CELL = 10; // canvas pixels: the canvas has 28 × 28 cells, as the picture has pixels
const FAR = 4; // cells, with Shift

export const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

// Where the pen goes from [x, y] by the arrows that are held, two of them diagonally; it stays on
// the canvas, half a cell from its edge.
export function step([x, y], arrows, far, side) {
  const length = CELL * (far ? FAR : 1);
  const [right, down] = arrows.reduce(
    (sum, arrow) => sum.map((value, i) => value + ARROWS[arrow][i]),
    [0, 0],
  );
  const inside = (value) => Math.min(Math.max(value, CELL / 2), side - CELL / 2);
  return [inside(x + length * right), inside(y + length * down)];
}

// The places on the way, the last one with them: a brush that rounds between the points it is given
// must get enough of them.
export function trail(from, to) {
  const count = Math.max(Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / (CELL / 2)), 1);
  return Array.from({ length: count }, (_, i) =>
    from.map((value, axis) => value + ((to[axis] - value) * (i + 1)) / count),
  );
}

// In the middle of a canvas, and of a cell.
export const middle = (side) => [side / 2 - CELL / 2, side / 2 - CELL / 2];

// Column and row, counted from 1.
export const cell = (place) => place.map((value) => Math.floor(value / CELL) + 1);

// Which shortcut a key is, if any. They are written as in aria-keyshortcuts: "Control+Z Meta+Z".
export function meant({ key = "", ctrlKey, metaKey, altKey, shiftKey }, shortcuts) {
  const letter = key.toUpperCase() !== key.toLowerCase();
  const parts = [
    ctrlKey && "Control",
    metaKey && "Meta",
    altKey && "Alt",
    shiftKey && letter && "Shift", // which keyboard needs it for a sign, nobody knows
    key.length === 1 ? key.toUpperCase() : key,
  ];
  const pressed = parts.filter(Boolean).join("+");
  return Object.keys(shortcuts).find((name) => shortcuts[name].split(" ").includes(pressed));
}
