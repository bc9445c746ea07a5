// A code as small bars, as in ui/lanes.py. Pure. tests/static holds it to Python's styles.

const version = new URL(import.meta.url).search;
const { clamp } = await import(`./pixels.js${version}`);

/**
 * One number of a code as a small bar from zero; beyond the ends it is cut and marked.
 * @param {number} value
 * @param {[number, number]} ends of the axis, below and above zero
 * @returns {{kind: string, bottom: string, height: string}} a class of style.css, and two lengths
 */
export function bar(value, [bottom, top]) {
  const share = (at) => (100 * (at - bottom)) / (top - bottom);
  const [zero, end] = [share(0), clamp(share(value), 0, 100)];
  const percent = (number) => `${number.toFixed(1)}%`;
  if (!value) return { kind: "zero", bottom: percent(zero), height: "" };
  const kind = value > top ? "cut" : value < bottom ? "cut below" : "";
  return { kind, bottom: percent(Math.min(zero, end)), height: percent(Math.abs(end - zero)) };
}
