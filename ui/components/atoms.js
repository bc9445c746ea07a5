// Small pictures, cut from one strip for each group; the chosen one stands beside them in large.
const chosen = new WeakMap(); // the component's root -> {name of the group: index of the chosen picture}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".atoms");
  if (!chosen.has(root)) chosen.set(root, {});
  const choice = chosen.get(root);
  // A button keeps the keyboard's focus when its picture changes, so the elements stay as long as the groups do.
  const names = data.groups.map(({ name, texts }) => name + texts.length).join();
  if (root.dataset.names !== names) {
    root.dataset.names = names;
    root.replaceChildren(...data.groups.map((group) => section(group, choice)));
  }
  data.groups.forEach((group, i) => fill(root.children[i], group, choice));
}

function section(group, choice) {
  const made = document.createElement("section");
  const title = document.createElement("h4");
  const grid = document.createElement("div");
  const side = document.createElement("div");
  const large = document.createElement("div");
  const words = document.createElement("p");
  grid.setAttribute("role", "radiogroup");
  large.className = "large";
  large.setAttribute("role", "img");
  side.append(large, words);
  made.append(title, grid, side);
  for (let i = 0; i < group.texts.length; i++) {
    const small = document.createElement("button");
    small.setAttribute("role", "radio");
    for (const event of ["pointerenter", "focus", "click"]) {
      small.addEventListener(event, () => choose(made, i, choice));
    }
    small.addEventListener("keydown", (event) => move(event, grid, i));
    grid.append(small);
  }
  return made;
}

function fill(made, group, choice) {
  const [title, grid] = made.children;
  made.group = group;
  made.style.setProperty("--count", group.texts.length);
  title.textContent = group.title;
  grid.setAttribute("aria-label", group.title);
  [...grid.children].forEach((small, i) => {
    cut(small, group, i);
    small.setAttribute("aria-label", group.texts[i]);
  });
  choose(made, Math.min(choice[group.name] ?? 0, group.texts.length - 1), choice);
}

function choose(made, i, choice) {
  const [, grid, side] = made.children;
  const [large, words] = side.children;
  choice[made.group.name] = i;
  [...grid.children].forEach((small, j) => {
    small.setAttribute("aria-checked", i === j);
    small.tabIndex = i === j ? 0 : -1;
  });
  cut(large, made.group, i);
  large.setAttribute("aria-label", made.group.texts[i]);
  words.textContent = made.group.texts[i];
}

function cut(element, { strip, texts }, i) {
  element.style.backgroundImage = `url(${strip})`;
  element.style.backgroundPosition = `${(100 * i) / Math.max(texts.length - 1, 1)}% 0`;
}

function move(event, grid, i) {
  const last = grid.children.length - 1;
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -i, End: last - i };
  const to = i + step[event.key];
  if (!(to >= 0 && to <= last)) return;
  event.preventDefault();
  grid.children[to].focus();
}
