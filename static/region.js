// A picture on which the visitor chooses a part by a rectangle. The server hears of it when the
// rectangle is let go. The Python side is ui/components/region.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { dragged, grip, spanned, stepped } = await import(`./rectangle.js${version}`);

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAUSE = 500; // milliseconds: several presses of a key are one step
const REACH = { mouse: 8, pen: 12, touch: 20 }; // CSS pixels around an edge

const choosers = new WeakMap(); // the component's root -> what is known of it

export default function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".region");
  if (!choosers.has(root)) choosers.set(root, build(root));
  const chooser = choosers.get(root);
  const { stage, image } = chooser;
  chooser.tell = (rectangle) => setTriggerValue("region", rectangle);
  chooser.labels = data.labels;
  if (image.getAttribute("src") !== data.picture) image.src = data.picture;
  stage.ariaLabel = data.labels.label;
  stage.setAttribute("aria-description", data.labels.keys);
  // A rectangle without ink in it is refused by a sentence, and stays where it is to be mended.
  if (chooser.revision !== data.revision) {
    chooser.revision = data.revision;
    place(chooser, data.region);
    chooser.told = chooser.rectangle;
  }
  root.dataset.revision = data.revision;
}

function build(root) {
  root.innerHTML = `<div class="stage" role="application" tabindex="0"><img alt="" draggable="false">
    <div class="rectangle" hidden><i></i><i></i><i></i><i></i></div></div><p role="status"></p>`;
  const [stage, image, frame, words] = [".stage", "img", ".rectangle", "p"].map((selector) =>
    root.querySelector(selector),
  );
  const chooser = { root, stage, image, frame, words, rectangle: null, told: null, drag: null };
  stage.addEventListener("pointerdown", (event) => pressed(chooser, event));
  stage.addEventListener("pointermove", (event) => moved(chooser, event));
  stage.addEventListener("pointerup", () => released(chooser));
  stage.addEventListener("pointercancel", () => released(chooser, false));
  stage.addEventListener("keydown", (event) => keyed(chooser, event));
  stage.addEventListener("blur", () => tell(chooser));
  stage.focus(); // the button that brought it has gone
  return chooser;
}

function place(chooser, rectangle) {
  chooser.rectangle = rectangle;
  chooser.frame.hidden = !rectangle;
  if (!rectangle) return;
  const [left, top, right, bottom] = rectangle.map((share) => 100 * share);
  chooser.frame.style.inset = `${top}% ${100 - right}% ${100 - bottom}% ${left}%`;
}

function point({ image }, { clientX, clientY }) {
  const { left, top, width, height } = image.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}

function under(chooser, event) {
  const { width, height } = chooser.image.getBoundingClientRect();
  const reach = REACH[event.pointerType] ?? REACH.mouse;
  return grip(chooser.rectangle, point(chooser, event), [reach / width, reach / height]);
}

function pressed(chooser, event) {
  if (event.button || chooser.drag) return; // a second finger changes nothing
  chooser.stage.setPointerCapture(event.pointerId);
  chooser.drag = {
    pointer: event.pointerId,
    from: point(chooser, event),
    sides: under(chooser, event),
    before: chooser.rectangle,
  };
}

function moved(chooser, event) {
  const { drag, stage } = chooser;
  if (!drag) {
    stage.style.cursor = cursor(under(chooser, event));
    return;
  }
  if (drag.pointer !== event.pointerId) return;
  const { from, sides, before } = drag;
  const to = point(chooser, event);
  const shift = to.map((at, axis) => at - from[axis]);
  // A mere click is no rectangle.
  place(chooser, sides ? dragged(before, sides, shift) : (spanned(from, to) ?? before));
}

function released(chooser, kept = true) {
  if (!chooser.drag) return;
  if (!kept) place(chooser, chooser.drag.before);
  chooser.drag = null;
  tell(chooser);
}

function keyed(chooser, event) {
  const arrow = ARROWS[event.key];
  if (!arrow || event.altKey || event.ctrlKey || event.metaKey || chooser.drag) return;
  event.preventDefault(); // the page does not scroll
  place(chooser, stepped(chooser.rectangle, arrow, event.shiftKey));
  clearTimeout(chooser.timer);
  chooser.timer = setTimeout(() => tell(chooser), PAUSE);
}

function tell(chooser) {
  clearTimeout(chooser.timer);
  const { rectangle, labels } = chooser;
  if (rectangle === chooser.told || !chooser.root.isConnected) return;
  chooser.told = rectangle;
  chooser.tell(rectangle);
  const percent = new Intl.NumberFormat(labels.language, { style: "percent" });
  const [left, top, right, bottom] = rectangle;
  const values = { left, top, width: right - left, height: bottom - top };
  chooser.words.textContent = labels.at.replace(/\{(\w+)\}/g, (_, name) =>
    percent.format(values[name]),
  );
}

function cursor(sides) {
  if (!sides) return "crosshair";
  const [across, down] = sides;
  if (!across && !down) return "move";
  if (!across) return "ns-resize";
  if (!down) return "ew-resize";
  return across === down ? "nwse-resize" : "nesw-resize";
}
