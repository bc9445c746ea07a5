// Models side by side, as in ui/lanes.py. Pure. tests/static holds it to Python's words.

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
