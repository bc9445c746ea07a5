// Buttons that ask the server for a file and save what it sends, once. One wish at a time: each has
// an id, and only what answers it is taken. The Python side is ui/components/download.py.

const SLOW = 1000; // milliseconds, until the waiting is spoken of

// Material's "download", as Streamlit has it on its own buttons.
const BUTTON = `<button type="button"><svg viewBox="0 -960 960 960" aria-hidden="true"><path d="M480-320
  280-520l56-58 104 104v-326h80v326l104-104 56 58-200 200ZM240-160q-33 0-56.5-23.5T160-240v-120h80v120
  h480v-120h80v120q0 33-23.5 56.5T720-160H240Z"/></svg><span></span></button>`;

const rows = new WeakMap(); // the component's root -> its row of buttons
const wishes = new Map(); // what was asked for and has not come: id -> the row, the parts so far

// For both elements: at mount, at every change of `data` and at every change of theme.
export default function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".download");
  if (!root) return receive(data);
  if (!rows.has(root)) rows.set(root, build(root));
  const row = rows.get(root);
  row.files = data.files;
  row.ask = (wish) => setTriggerValue("wish", wish);
  fill(row);
  const { wish, kind } = data.answer;
  if (wish !== row.wish) return;
  if (kind === "failed") finish(row, row.queue[0]?.failed);
  // It was sent, but a newer run's update overtook it, and it was never here.
  if (kind === "gone") ask(row);
}

function build(root) {
  const [buttons, words] = root.children;
  const row = { buttons, words, queue: [], wish: undefined };
  buttons.addEventListener("click", ({ target }) => {
    const file = row.files[[...buttons.children].indexOf(target.closest("button"))];
    if (!file || row.queue.some(({ name }) => name === file.name)) return;
    row.queue.push(file);
    if (row.queue.length === 1) ask(row);
    fill(row);
  });
  return row;
}

// The elements stay as long as they can: what has the focus keeps it.
function fill({ buttons, files, queue }) {
  while (buttons.children.length > files.length) buttons.lastChild.remove();
  while (buttons.children.length < files.length) buttons.insertAdjacentHTML("beforeend", BUTTON);
  files.forEach(({ label, name }, i) => {
    const button = buttons.children[i];
    button.lastChild.textContent = label;
    button.ariaBusy = queue.some((file) => file.name === name);
  });
}

function ask(row) {
  forget(row);
  const [{ name, waiting, failed, patience }] = row.queue;
  row.wish = [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  wishes.set(row.wish, { row, name, parts: [] });
  row.words.textContent = "";
  row.timers = [
    setTimeout(() => say(row, waiting), SLOW),
    setTimeout(() => finish(row, failed), 1000 * patience),
  ];
  row.ask({ id: row.wish, name });
}

function receive(data) {
  const length = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + length)));
  const wish = wishes.get(header.wish);
  if (!wish) return; // it has been saved
  wish.parts[header.part] = data.slice(4 + length);
  if (Object.keys(wish.parts).length < header.parts) return;
  save(wish.name, new Blob(wish.parts));
  finish(wish.row, "");
}

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Safari looks for it a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function finish(row, words) {
  forget(row);
  row.queue.shift();
  say(row, words);
  fill(row);
  if (row.queue.length) ask(row);
}

function forget(row) {
  for (const timer of row.timers ?? []) clearTimeout(timer);
  wishes.delete(row.wish);
  row.wish = undefined;
}

function say({ words }, text) {
  words.textContent = text ?? "";
}
