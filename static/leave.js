// Who leaves a page takes the last line along: the canvas tells the server of it 200 ms after its
// end, and a page that is left before that has never heard of it. So the way out waits.

const TOLD = 250; // ms after a line's end
const OUT = ".st-key-menu a, .st-key-further button, .st-key-chapters_end button";
const BOX = ".st-key-canvas_box";

let drawing = false;
let ended = Number.NEGATIVE_INFINITY;

const hear = (type, act) => addEventListener(type, act, { capture: true, passive: true });
for (const type of ["mousedown", "touchstart"])
  hear(type, ({ target }) => {
    drawing = Boolean(target.closest?.(BOX));
  });
for (const type of ["mouseup", "touchend"])
  hear(type, () => {
    if (drawing) ended = performance.now();
    drawing = false;
  });

addEventListener(
  "click",
  (event) => {
    const out = event.target.closest?.(OUT);
    const wait = ended + TOLD - performance.now();
    if (!out || wait <= 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => out.click(), wait);
  },
  true,
);
