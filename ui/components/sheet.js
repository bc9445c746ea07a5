// The chosen row and column outlive the pictures: others come, the place stays.
const all = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".sheet");
  if (!all.has(root)) all.set(root, build(root));
  const sheet = all.get(root);
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
  const find = (selector) => root.querySelector(selector);
  const sheet = { root, grid: find(".grid"), mark: find(".mark"), large: find(".large"), words: find("p") };
  // A touch is captured by the grid: a finger that slips off its edge still moves along it.
  for (const event of ["pointerdown", "pointermove"]) {
    sheet.grid.addEventListener(event, ({ clientX, clientY }) => {
      const box = sheet.grid.getBoundingClientRect();
      const along = (place, length, count) => Math.floor((place / length) * count);
      const { rows, columns } = sheet.data;
      go(sheet, along(clientY - box.top, box.height, rows), along(clientX - box.left, box.width, columns));
    });
  }
  sheet.grid.addEventListener("keydown", (event) => {
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
  const { pictures, rows, columns, corners, labels, revision } = sheet.data;
  sheet.root.style.setProperty("--rows", rows);
  sheet.root.style.setProperty("--columns", columns);
  sheet.grid.style.backgroundImage = sheet.large.style.backgroundImage = `url(${pictures})`;
  sheet.grid.ariaLabel = labels.label;
  sheet.grid.ariaValueMax = rows * columns;
  sheet.root.querySelectorAll("span").forEach((span, i) => (span.textContent = corners[i] ?? ""));
  // At first the middle one, which is made of all four corners.
  go(sheet, sheet.row ?? Math.floor(rows / 2), sheet.column ?? Math.floor(columns / 2));
  sheet.root.dataset.revision = revision;
}

function go(sheet, row, column) {
  const { rows, columns, labels, texts } = sheet.data;
  sheet.row = Math.min(Math.max(row, 0), rows - 1);
  sheet.column = Math.min(Math.max(column, 0), columns - 1);
  const [down, across] = texts ? [texts[0][sheet.row], texts[1][sheet.column]] : [sheet.row + 1, sheet.column + 1];
  const text = labels.at.replace(/{(row|column)}/g, (_, name) => (name === "row" ? down : across));
  const share = (i, count) => `${(100 * i) / Math.max(count - 1, 1)}%`;
  sheet.large.style.backgroundPosition = `${share(sheet.column, columns)} ${share(sheet.row, rows)}`;
  sheet.mark.style.left = `${(100 * sheet.column) / columns}%`;
  sheet.mark.style.top = `${(100 * sheet.row) / rows}%`;
  sheet.grid.ariaValueNow = sheet.row * columns + sheet.column + 1;
  sheet.grid.ariaValueText = sheet.large.ariaLabel = sheet.words.textContent = text;
  Object.assign(sheet.root.dataset, { row: sheet.row, column: sheet.column });
}
