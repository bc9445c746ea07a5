// What the server answers to a drawing is one element of the page, as each costs the server time: the
// HTML that shows it says in `data-answer`, as JSON, what other parts of the page are to know. The
// Python side is ui/components/live.py.

const listeners = new Set();
let element = null; // the one that says it
let answer = null;

/** The latest; null on a page that has none. */
export const latest = () => answer;

/** Hear of the answer that is there, and of each that comes; call what is returned to stop. */
export function hearAnswers(act) {
  listeners.add(act);
  if (answer) act(answer);
  return () => listeners.delete(act);
}

function look() {
  const found = document.querySelector("[data-answer]");
  if (found === element) return;
  element = found;
  answer = found && JSON.parse(found.dataset.answer);
  for (const act of listeners) act(answer);
}

// Before the next frame: with the answer's own pictures.
new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
look();
