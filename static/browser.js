// What Streamlit does not do in the browser by itself; ui/components/browser.py says what.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { hearAnswers } = await import(`./answers.js${version}`);
const { say } = await import(`./status.js${version}`);

// The colours of the theme that style.css uses; Streamlit defines them inside components only.
const COLOURS = ["--st-primary-color", "--st-background-color", "--st-border-color"];

// What brings another drawing onto the canvas.
const ONTO_CANVAS = ["tools", "samples", "strangers"].map((key) => `.st-key-${key} button`).join();

// The view that the visitor's link names.
const query = new URLSearchParams(location.search);
const named = query.get("view") ?? query.get("chapter");

let page; // at the last run
let view; // the one that was open then
let told; // what was said last, and where

// How much the frame covers of what scrolls below it, style.css wants to know.
const covered = new ResizeObserver(([{ target }]) => {
  document.documentElement.style.setProperty("--frame-height", `${target.offsetHeight}px`);
});

addEventListener("click", ({ target }) => {
  if (!target.closest?.(ONTO_CANVAS)) return;
  const canvas = document.querySelector(".st-key-canvas_box");
  const { top, bottom } = canvas.getBoundingClientRect();
  // Not for less than half of it: the button that was pressed would run away from the finger.
  const middle = (top + bottom) / 2;
  if (middle < edge(canvas) || middle > innerHeight) glide(canvas);
});

export default function settle({ data, parentElement }) {
  const root = document.documentElement;
  const opened = page === undefined && data.view && named === data.view;
  const theme = getComputedStyle(parentElement.host);
  for (const name of COLOURS) root.style.setProperty(name, theme.getPropertyValue(name));
  // Python does not know whether a proxy serves HTTPS; the browser does.
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: Cookie Store needs a secure context
  if (data.cookie) document.cookie = data.cookie + secure;

  const frame = document.querySelector(".st-key-frame"); // on stage there is none
  if (frame) covered.observe(frame); // again is the same as once
  const menu = menuOfViews();
  if (opened) openThere();
  else if (menu && !inSight(menu) && page === location.pathname && view !== data.view) glide(menu);
  slide(menu?.querySelector("[aria-checked=true]"));
  if (data.word) tell(data.word);
  page = location.pathname;
  view = data.view;
}

hearAnswers((answer) => answer && tell(answer.word));

// The address, and one sentence on what has changed. A page, and another language, begin in silence.
function tell({ link, language, sentence, revision }) {
  document.documentElement.lang = language;
  if (location.search !== link) history.replaceState(history.state, "", link + location.hash);
  const before = told;
  told = { sentence, revision, language, page: location.pathname };
  const began = told.page !== before?.page || language !== before.language;
  if (began || (sentence === before.sentence && revision === before.revision)) return;
  if (sentence) say(sentence);
}

// An open view, with its menu, has half of the screen; its menu is what is scrolled to.
const menuOfViews = () => document.querySelector(".st-key-view_menu");

function inSight(menu) {
  const { top, bottom } = menu.getBoundingClientRect();
  return top >= edge(menu) && bottom <= innerHeight / 2;
}

// A link that names a view opens there. What stands above it arrives bit by bit, so look again
// before each paint, until the visitor does something.
function openThere() {
  let below = false;
  const arriving = new ResizeObserver(() => {
    const menu = menuOfViews();
    below ||= menu && !inSight(menu);
    if (below) menu?.scrollIntoView();
  });
  arriving.observe(document.querySelector("[data-testid=stMainBlockContainer]"));
  const leave = () => arriving.disconnect();
  for (const deed of ["wheel", "pointerdown", "keydown"]) {
    addEventListener(deed, leave, { once: true, capture: true, passive: true });
  }
  setTimeout(leave, 5000);
}

// Where what scrolls comes out from under the frame, in px of the window.
function edge(element) {
  const main = element.closest("[data-testid=stMain]");
  return (
    main.getBoundingClientRect().top + Number.parseFloat(getComputedStyle(main).scrollPaddingTop)
  );
}

// In a menu that is wider than the screen, what is chosen comes into its middle.
function slide(chosen) {
  const row = chosen?.parentElement;
  if (row) row.scrollLeft = chosen.offsetLeft - (row.clientWidth - chosen.offsetWidth) / 2;
}

function glide(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ behavior: calm ? "instant" : "smooth" });
}
