// The canvas (streamlit-drawable-canvas 0.13), found in its shadow root and mended: it gets a name
// and a pen for the keyboard, and loses its toolbar, which is invisible until the mouse hovers,
// lies over the top right corner, and wipes the drawing at a tap there. Two fingers leave no ink.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { Pen } = await import(`./pen.js${version}`);

const BOX = ".st-key-canvas_box";
const STYLE = `
.dc-toolbar { display: none !important }
.upper-canvas:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: -3px }
.pen { position: absolute; width: 22px; height: 22px; margin: -11px; border-radius: 50%;
  box-sizing: border-box; pointer-events: none; display: none; z-index: 20;
  border: 3px solid var(--st-primary-color); outline: 2px solid #fff }
.pen.down { background: var(--st-primary-color) }
.upper-canvas:focus-visible ~ .pen { display: block }
`;

let labels; // the canvas's name, what its keys do, and what the pen says
let next;
const pens = new WeakMap(); // canvas -> its pen
let focused = null; // the canvas that has the focus

// It mounts when it likes, again after a change of page, and may replace its own element. What
// happens inside a shadow root is no mutation of the page, so each root is watched too.
const observer = new MutationObserver(mend);

export function settle(data) {
  labels = data;
  mend();
  observer.observe(document.body, { subtree: true, childList: true }); // again is the same as once
}

function find(box) {
  for (const { shadowRoot } of box.querySelectorAll("*")) {
    const canvas = shadowRoot?.querySelector("canvas.upper-canvas");
    if (canvas) return canvas;
  }
  return null;
}

function mend() {
  const box = document.querySelector(BOX);
  if (!box) return;
  const canvas = find(box);
  if (!canvas) {
    // Nor is it a mutation that an element gets a shadow root.
    clearTimeout(next);
    next = setTimeout(mend, 50);
    return;
  }
  const root = canvas.getRootNode();
  if (!root.querySelector("#gargalo")) {
    const style = Object.assign(document.createElement("style"), { id: "gargalo" });
    style.textContent = STYLE;
    root.append(style);
    observer.observe(root, { subtree: true, childList: true });
  }
  if (!pens.has(canvas)) {
    pens.set(canvas, new Pen(canvas));
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application"); // its arrow keys are for it, not for reading
    canvas.addEventListener("focus", () => {
      focused = canvas;
    });
    canvas.addEventListener("blur", () => {
      // Not if it is about to be replaced: where that fires at all, it does so before.
      queueMicrotask(() => {
        if (canvas.isConnected) focused = null;
      });
    });
  }
  pens.get(canvas).words = labels.pen;
  // Under a picture of which a part is chosen nobody draws.
  canvas.inert = box.querySelector(".st-key-photo") !== null;
  if (canvas.ariaLabel !== labels.label) {
    canvas.setAttribute("aria-label", labels.label);
    canvas.setAttribute("aria-description", labels.keys);
  }
  // One that had the focus was replaced.
  if (focused && !focused.isConnected && document.activeElement === document.body) canvas.focus();
}

// A pinch, or a scroll by two fingers, begins with one: what that has drawn is taken back, wherever
// the other one comes down. The canvas hears of no second finger.
let drawing = null; // the canvas that one finger draws on
for (const type of ["touchstart", "touchend", "touchcancel"]) {
  addEventListener(type, touched, { capture: true, passive: true });
}

function touched(event) {
  const { type, touches, targetTouches, isTrusted } = event;
  if (!isTrusted) return;
  if (type !== "touchstart") {
    if (!touches.length) drawing = null;
    return;
  }
  const on = event.composedPath()[0];
  const canvas = on.matches?.("canvas.upper-canvas") ? on : null;
  if (canvas && targetTouches.length > 1) event.stopImmediatePropagation();
  if (touches.length === 1) drawing = null; // a canvas that was replaced took its touchend along
  if (drawing) takeBack(drawing, touches[0]);
  // Beside a hand that holds the device one finger may draw.
  drawing = !drawing && targetTouches.length === 1 ? canvas : null;
}

function takeBack(canvas, finger) {
  dispatchEvent(new Event("takeback")); // live.js forgets the line too
  // Not every browser makes a TouchEvent for us; Fabric reads no more of it than this.
  const end = new Event("touchend", { bubbles: true, composed: true });
  canvas.dispatchEvent(Object.assign(end, { touches: [], changedTouches: [finger] }));
  const undo = canvas.getRootNode().querySelector(".dc-toolbar [aria-label=Undo]");
  queueMicrotask(() => undo?.click()); // it keeps the stroke in one, which comes before ours
}
