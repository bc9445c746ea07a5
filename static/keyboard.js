// What the keyboard does on every page: it draws, and presses the canvas's buttons. The Python side
// is ui/components/keyboard.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const [canvas, shortcuts] = await Promise.all([
  import(`./canvas.js${version}`),
  import(`./shortcuts.js${version}`),
  import(`./focus.js${version}`),
  import(`./leave.js${version}`),
]);

export default function settle({ data }) {
  canvas.settle(data.canvas);
  shortcuts.listen(data.shortcuts);
}
