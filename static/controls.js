// What players of a training have in common. The Python side is ui/components/controls.py.

const ICONS = { play: "M7 4l13 8-13 8z", pause: "M6 4h4v16H6zM14 4h4v16h-4z" };

/** Does the visitor ask for less motion? */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** What stays the same is left alone: a status would be read out again. */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * Say what the button does next.
 * @param {HTMLButtonElement} button
 * @param {"play" | "pause"} act
 * @param {Record<string, string>} labels
 */
export function face(button, act, labels) {
  write(button.querySelector("span"), labels[act]);
  button.querySelector("path").setAttribute("d", ICONS[act]);
}
