// What a talk's keys and windows mean, without a reference to the page.

// Key -> what it does with the talk. A clicker sends PageDown, PageUp, F5, Escape and "."; some "b".
const DEEDS = {
  PageDown: "next",
  ArrowRight: "next",
  ArrowDown: "next",
  " ": "next",
  PageUp: "back",
  ArrowLeft: "back",
  ArrowUp: "back",
  Home: "first",
  End: "last",
  ".": "blank",
  b: "blank",
  B: "blank",
  F5: "fill",
  Escape: "leave",
  "?": "keys",
  s: "speaker",
  S: "speaker",
};

// A clicker's, which nothing on the page may keep for itself, whatever has the focus.
const FIRM = ["PageDown", "PageUp", "F5", "."];

/** @returns {string | undefined} */
export function deed({ key, altKey, ctrlKey, metaKey, shiftKey }) {
  if (altKey || ctrlKey || metaKey) return undefined;
  return key === " " && shiftKey ? "back" : Object.hasOwn(DEEDS, key) ? DEEDS[key] : undefined;
}

export const firm = ({ key }) => FIRM.includes(key);

/**
 * The step that a deed leads to, from 1; undefined where it leads to none.
 * @param {string} deed
 * @param {number} step
 * @param {number} count
 */
export function led(deed, step, count) {
  const to = { next: step + 1, back: step - 1, first: 1, last: count }[deed];
  return to === undefined ? undefined : within(to, count);
}

export const within = (step, count) => Math.min(Math.max(step, 1), count);

/** A finger's way over the page as a deed: to the left goes on, as one turns a page. */
export function swiped(from, to) {
  const [right, down] = [to[0] - from[0], to[1] - from[1]];
  if (Math.abs(right) < 60 || Math.abs(right) < 2 * Math.abs(down)) return undefined;
  return right < 0 ? "next" : "back";
}

/** Milliseconds as minutes and seconds, 3:07; from an hour on 1:03:07. */
export function elapsed(milliseconds) {
  const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, i) => (i ? String(part).padStart(2, "0") : part)).join(":");
}

const whole = (value) => Number.isInteger(value) && value > 0;
const flag = (value) => typeof value === "boolean";
const words = (value) => typeof value === "string" && value.length <= 4000;
const texts = (value) =>
  Array.isArray(value) && value.every((one) => words(one?.sentence) && words(one?.note));

// What the windows of a talk say to each other -> its fields. The stage says where the talk is, to a
// window that has just opened what is said in it and which room it watches, and that it ends; a
// speaker's window says where it is to go. By a room comes where it has gone.
const MESSAGES = {
  hello: {},
  at: { step: whole, blank: flag, began: Number.isFinite },
  texts: { title: words, texts },
  room: { room: words, token: words },
  moved: { step: whole },
  go: { step: whole },
  blank: { blank: flag },
  restart: {},
  end: {},
};

/** A message about this talk, or null: other tabs may be of another version of the app. */
export function heard(message, talk) {
  const fields = Object.hasOwn(MESSAGES, message?.say ?? "") && MESSAGES[message.say];
  if (!fields || message.talk !== talk) return null;
  return Object.entries(fields).every(([name, holds]) => holds(message[name])) ? message : null;
}
