// Where the focus goes when it would be lost: into a popover, whose place in the page is at its end,
// and back; and on from a button that can no longer be pressed.

const OPENER = "[data-testid=stPopover] button[aria-expanded=true]";
const BODY = "[data-testid=stPopoverBody]";
const ROW = ".st-key-tools, .st-key-unit_tools, .st-key-choice";

const shown = (element) => element.getClientRects().length > 0;

// What Tab stops at, in order, in shadow roots too.
function* stops(root) {
  for (const element of root.querySelectorAll("*")) {
    if (element.tabIndex >= 0 && !element.disabled && shown(element)) yield element;
    if (element.shadowRoot) yield* stops(element.shadowRoot);
  }
}

addEventListener("keydown", (event) => {
  const body = event.key === "Tab" && document.querySelector(BODY);
  const opener = body && document.querySelector(OPENER);
  if (!opener || event.defaultPrevented) return;
  const inside = [...stops(body)];
  const at = event.composedPath()[0];
  if (at === opener && !event.shiftKey && inside.length) {
    inside[0].focus();
    event.preventDefault();
  } else if (at === inside[0] && event.shiftKey) {
    opener.focus();
    event.preventDefault();
  } else if (at === inside.at(-1) && !event.shiftKey) {
    opener.focus(); // and from there the browser goes on
  }
});

let last; // what had the focus
addEventListener("focusin", ({ target }) => {
  last = target;
});

new MutationObserver((changes) => {
  const here = changes.map(({ target }) => target).find((one) => one === last && one.disabled);
  const row = here && [here, document.body].includes(document.activeElement) && here.closest(ROW);
  if (!row) return;
  const buttons = [...row.querySelectorAll("button")].filter(shown);
  const at = buttons.indexOf(here);
  const near = [...buttons.slice(0, at).reverse(), ...buttons.slice(at)];
  near.find((one) => !one.disabled)?.focus();
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["disabled"] });
