// What the keyboard does on every page: it draws, and presses the canvas's buttons. The Python side
// is ui/components/keyboard.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const canvas = await import(`./canvas.js${version}`);
const shortcuts = await import(`./shortcuts.js${version}`);
await import(`./focus.js${version}`);

export default function settle({ data }) {
  canvas.settle(data.canvas);
  shortcuts.listen(data.shortcuts);
}
