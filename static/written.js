// What the server wrote into an element, for as long as a script shows something else in it.

const written = new WeakMap(); // element -> its HTML

/** Before it is changed, as often as it is. */
export function keep(element) {
  if (!written.has(element)) written.set(element, element.innerHTML);
}

export function say(element, words) {
  keep(element);
  element.textContent = words;
}

export function giveBack(element) {
  if (written.has(element)) element.innerHTML = written.get(element);
}
