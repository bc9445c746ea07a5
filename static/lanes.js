// The lanes of the Compare page under the moving pen: what static/live.js does not paint itself. The
// Python side is ui/lanes.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { marks } = await import(`./comparison.js${version}`);
const { write } = await import(`./numbers.js${version}`);
const { bar } = await import(`./small_bars.js${version}`);
const { giveBack, keep, say } = await import(`./written.js${version}`);

// A lane's small bars.
addEventListener("code", ({ target, detail: code }) => {
  if (!target.matches?.(".small-bars")) return;
  if (!code) return giveBack(target);
  keep(target);
  const ends = target.dataset.ends.split(" ").map(Number);
  target.querySelectorAll("i").forEach((element, i) => {
    const { kind, bottom, height } = bar(code[i], ends);
    element.className = kind;
    Object.assign(element.style, { bottom, height });
  });
});

// Which lane comes closest, and which strays furthest.
addEventListener("seen", ({ detail: models }) => {
  for (const table of document.querySelectorAll(".lanes[data-closest]")) {
    const cells = [...table.querySelectorAll("[data-model] .mark")];
    if (!models) {
      cells.forEach(giveBack);
      continue;
    }
    const errors = cells.map(
      (cell) => models.get(cell.closest("[data-model]").dataset.model)?.error,
    );
    // A lane whose model is not here yet still shows the digit before this one.
    const all = errors.every((error) => error !== undefined);
    const named = all ? marks(errors, (error) => write(error, 4, ".,")) : [];
    cells.forEach((cell, i) => {
      say(cell, table.dataset[named[i]] ?? "");
    });
  }
});
