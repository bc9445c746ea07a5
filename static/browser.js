// What Streamlit and the canvas do not do in the browser by themselves; ui/components/browser.py
// says what.

const HIDE = ".dc-toolbar { display: none !important }";

// The colours of the theme that style.css uses; Streamlit defines them inside components only.
const COLOURS = ["--st-primary-color", "--st-background-color", "--st-border-color"];

let view; // the one that was open at the last run
let label; // the canvas's

// The canvas mounts when it likes, and again after a change of page. Every page has one of us, so
// we watch for good. What happens inside a shadow root is not seen: a canvas that replaces its own
// element there waits for the next run.
const observer = new MutationObserver(mend);

export default function settle({ data, parentElement }) {
  const root = document.documentElement;
  root.lang = data.language;
  const theme = getComputedStyle(parentElement.host);
  for (const name of COLOURS) root.style.setProperty(name, theme.getPropertyValue(name));
  if (location.search !== data.link) {
    history.replaceState(history.state, "", data.link + location.hash);
  }

  // biome-ignore lint/suspicious/noDocumentCookie: Cookie Store needs a secure context
  if (data.cookie) document.cookie = data.cookie;

  if (view && data.view && view !== data.view) {
    document.querySelector(".st-key-view_menu")?.scrollIntoView();
  }
  view = data.view;

  label = data.label;
  mend();
  observer.observe(document.body, { subtree: true, childList: true }); // again is the same as once
}

function mend() {
  for (const host of document.querySelectorAll(".st-key-canvas_box *")) {
    const root = host.shadowRoot;
    if (!root?.querySelector(".canvas-root")) continue;
    if (!root.querySelector("#gargalo")) {
      const style = document.createElement("style");
      style.id = "gargalo";
      style.textContent = HIDE;
      root.append(style);
    }
    const canvas = root.querySelector("canvas.upper-canvas");
    if (canvas && canvas.ariaLabel !== label) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", label);
    }
  }
}
