// A sheet of pictures without gaps; the one under the pointer stands beside it in large.
// The chosen row and column outlive the pictures: others come, the place stays.
// The Python side is ui/components/sheet.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { along } = await import(`./strips.js${version}`);

const sheets = new WeakMap(); // the component's root -> its sheet

export default function show({ data, parentElement }) {
  const root = parentElement.querySelector(".sheet");
  if (!sheets.has(root)) sheets.set(root, build(root));
  const sheet = sheets.get(root);
  sheet.newest = data;
  // A picture that is not decoded yet would be painted black for a frame.
  const image = Object.assign(new Image(), { src: data.pictures });
  Promise.allSettled([image.decode()]).then(() => {
    if (sheet.newest === data) fill(Object.assign(sheet, { data, image }));
  });
}

function build(root) {
  root.innerHTML = `<div class="chosen"><div class="large" role="img"></div><p></p></div>
    <div class="whole"><div class="names"><span></span><span></span></div>
    <div class="grid" role="slider" tabindex="0" aria-valuemin="1"><div class="mark"></div></div>
    <div class="names"><span></span><span></span></div></div>`;
  const [grid, mark, large, words] = [".grid", ".mark", ".large", "p"].map((selector) =>
    root.querySelector(selector),
  );
  const sheet = { root, grid, mark, large, words };
  // A touch is captured by the grid: a finger that slips off its edge still moves along it.
  for (const event of ["pointerdown", "pointermove"]) {
    grid.addEventListener(event, ({ clientX, clientY }) => {
      const { left, top, width, height } = grid.getBoundingClientRect();
      const { rows, columns } = sheet.data;
      const row = Math.floor(((clientY - top) / height) * rows);
      go(sheet, row, Math.floor(((clientX - left) / width) * columns));
    });
  }
  grid.addEventListener("keydown", (event) => {
    const { row, column } = sheet;
    const to = {
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      Home: [row, 0],
      End: [row, Infinity],
      PageUp: [0, column],
      PageDown: [Infinity, column],
    }[event.key];
    if (!to || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(sheet, ...to);
  });
  return sheet;
}

function fill(sheet) {
  const { root, grid, large, data } = sheet;
  const { pictures, rows, columns, corners, labels, revision } = data;
  root.style.setProperty("--rows", rows);
  root.style.setProperty("--columns", columns);
  for (const element of [grid, large]) element.style.backgroundImage = `url(${pictures})`;
  grid.ariaLabel = labels.label;
  grid.ariaValueMax = rows * columns;
  root.querySelectorAll("span").forEach((span, i) => {
    span.textContent = corners[i] ?? "";
  });
  // At first the middle one, which is made of all four corners.
  go(sheet, sheet.row ?? Math.floor(rows / 2), sheet.column ?? Math.floor(columns / 2));
  root.dataset.revision = revision;
}

function go(sheet, wantedRow, wantedColumn) {
  const { root, grid, mark, large, words } = sheet;
  const { rows, columns, labels, texts } = sheet.data;
  const row = Math.min(Math.max(wantedRow, 0), rows - 1);
  const column = Math.min(Math.max(wantedColumn, 0), columns - 1);
  Object.assign(sheet, { row, column });
  const names = { row: texts?.[0][row] ?? row + 1, column: texts?.[1][column] ?? column + 1 };
  const text = labels.at.replace(/{(row|column)}/g, (_, name) => names[name]);
  large.style.backgroundPosition = `${along(column, columns)} ${along(row, rows)}`;
  mark.style.left = `${(100 * column) / columns}%`;
  mark.style.top = `${(100 * row) / rows}%`;
  grid.ariaValueNow = row * columns + column + 1;
  grid.ariaValueText = large.ariaLabel = words.textContent = text;
  Object.assign(root.dataset, { row, column });
}
