const HIDE = ".dc-toolbar { display: none !important }";

// The colours of the theme that style.css uses; Streamlit defines them inside components only.
const COLOURS = ["--st-primary-color", "--st-background-color", "--st-border-color"];

let view; // the one that was open at the last run

export default function ({ data, parentElement }) {
  document.documentElement.lang = data.language;
  const theme = getComputedStyle(parentElement.host ?? parentElement);
  for (const name of COLOURS) document.documentElement.style.setProperty(name, theme.getPropertyValue(name));
  if (location.search !== data.link) history.replaceState(history.state, "", data.link + location.hash);

  if (data.cookie) document.cookie = data.cookie;

  if (view && data.view && view !== data.view) document.querySelector(".st-key-view_menu")?.scrollIntoView();
  view = data.view;

  // The canvas mounts when it likes, and again after a change of page.
  mend(data.label);
  const observer = new MutationObserver(() => mend(data.label));
  observer.observe(document.body, { subtree: true, childList: true });
  return () => observer.disconnect();
}

function mend(label) {
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
