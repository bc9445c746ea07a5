// Streamlit's sliders say what they stand at when they are let go. What they stand at meanwhile is in
// the page: React writes it into their `value`. Those of the code (ui/editor.py) tell it as a bar
// does that is dragged.

const UNIT = /\bst-key-unit_(\d+)_/;
const KEEP = /\bst-key-keep_\d/;

new MutationObserver((changes) => {
  for (const { target } of changes) tell(target);
}).observe(document.body, { subtree: true, attributeFilter: ["value"] });

function tell(input) {
  // Under the visitor's hand, and not because the server has moved it.
  if (input.type !== "range" || input !== document.activeElement) return;
  const key = input.closest("[class*=st-key-]").className;
  const value = Number(input.value);
  const unit = UNIT.exec(key)?.[1];
  if (unit) hold(input, { values: [[Number(unit), value]] });
  else if (KEEP.test(key)) hold(input, { keep: value < input.max ? value : null });
}

function hold(by, edits) {
  by.dispatchEvent(new CustomEvent("held", { detail: { ...edits, by }, bubbles: true }));
}
