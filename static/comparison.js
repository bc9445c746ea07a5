// Models side by side, as in pages/compare/lanes.py: pure functions that know no page. tests/static
// holds them to Python's styles and words.

const version = new URL(import.meta.url).search;
const { clamp } = await import(`./raster.js${version}`);

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

/**
 * Which come closest and which stray furthest, by the errors as they are written: of two that look
 * alike, one alone would be a riddle.
 * @param {number[]} errors
 * @param {(error: number) => string} write
 * @returns {("closest" | "furthest" | "")[]}
 */
export function marks(errors, write) {
  const [least, most] = [Math.min, Math.max].map((pick) => write(pick(...errors)));
  return errors.map(write).map((error) => {
    if (least === most) return "";
    return error === least ? "closest" : error === most ? "furthest" : "";
  });
}
