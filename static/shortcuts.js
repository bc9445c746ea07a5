// Keys that press the canvas's buttons. They act where the canvas is meant: never in a field, nor
// behind an open dialog or popover, and those without Ctrl only while the canvas, its tools or
// nothing has the focus. Who cannot use them (speech input presses keys by accident) switches them
// off; the browser remembers it. The Python side is ui/components/keyboard.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { meant } = await import(`./keys.js${version}`);

const OFF = "gargalo-shortcuts-off";
const OVER = "[role=dialog], [data-testid=stPopoverBody]";
const FIELD =
  "input:not([type=checkbox], [type=radio], [type=range], [type=file]), textarea, select";
const LIST = "keyboard";
const AROUND =
  ":is(.st-key-canvas_side, .st-key-canvas_box, .st-key-canvas_tools, .st-key-chapters, .st-key-view_menu)";

let shortcuts = {}; // key of a button -> its keys, as in aria-keyshortcuts
let off = remembered();

const observer = new MutationObserver(mark);

export function listen(table) {
  shortcuts = table;
  mark();
  observer.observe(document.body, { subtree: true, childList: true }); // again is the same as once
}

// The switch in the dialog.
export default function show({ data, parentElement }) {
  const box = parentElement.querySelector("input");
  parentElement.querySelector("span").textContent = data.label;
  box.checked = !off;
  box.onchange = () => {
    off = !box.checked;
    remember();
    mark();
  };
}

const button = (name) => document.querySelector(`.st-key-${name} button`);

// Cheap, for it follows each change of the page.
function mark() {
  for (const [name, keys] of Object.entries(shortcuts)) {
    const one = button(name);
    if (!one || one.getAttribute("aria-keyshortcuts") === (off ? null : keys)) continue;
    if (off) one.removeAttribute("aria-keyshortcuts");
    else one.setAttribute("aria-keyshortcuts", keys);
  }
}

addEventListener("keydown", (event) => {
  const name = !off && !event.defaultPrevented && meant(event, shortcuts);
  if (!name || !acts(event)) return;
  const pressed = button(name);
  if (!pressed || pressed.disabled) return;
  event.preventDefault();
  // The page itself has the focus after a click on nothing; a key would put a frame around it.
  if (!focusOn(event)) document.activeElement.blur();
  dispatchEvent(new Event("lift")); // a pen that the keys hold down: its line ends here
  if (name === LIST) pressed.focus(); // which comes back to it when the list closes
  pressed.click();
});

function acts(event) {
  if (document.querySelector(OVER)) return false;
  const path = event.composedPath();
  if (path[0].matches?.(FIELD) || path[0].isContentEditable) return false;
  if (event.ctrlKey || event.metaKey || event.key === "?") return true;
  return !focusOn(event) || path.some((element) => element.matches?.(AROUND));
}

// Is there an element that the key was for?
function focusOn({ target }) {
  return target !== document.body && !target.matches("[data-testid=stMain]");
}

function remembered() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // in a frame of another site there may be no storage
  }
}

function remember() {
  try {
    if (off) localStorage.setItem(OFF, "");
    else localStorage.removeItem(OFF);
  } catch {} // then it lasts as long as the page
}
