// Groups of small pictures, cut from one strip each; the chosen one stands beside them in large.
// The Python side is ui/components/atoms.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { along } = await import(`./strips.js${version}`);

// The component's root -> {name of the group: index of the chosen picture}.
const choices = new WeakMap();

export default function show({ data, parentElement }) {
  const root = parentElement.querySelector(".atoms");
  if (!choices.has(root)) choices.set(root, {});
  const choice = choices.get(root);
  // A button keeps the keyboard's focus when its picture changes, so the elements stay as long as
  // the groups do.
  const names = data.groups.map(({ name, texts }) => name + texts.length).join();
  if (root.dataset.names !== names) {
    root.dataset.names = names;
    root.replaceChildren(...data.groups.map((group) => build(group, choice)));
  }
  data.groups.forEach((group, i) => {
    fill(root.children[i], group, choice);
  });
}

function build(group, choice) {
  const section = document.createElement("section");
  const title = document.createElement("h2");
  const grid = document.createElement("div");
  const side = document.createElement("div");
  const large = document.createElement("div");
  const words = document.createElement("p");
  grid.setAttribute("role", "radiogroup");
  large.className = "large";
  large.setAttribute("role", "img");
  side.append(large, words);
  section.append(title, grid, side);
  for (let i = 0; i < group.texts.length; i++) {
    const small = document.createElement("button");
    small.setAttribute("role", "radio");
    for (const event of ["pointerenter", "focus", "click"]) {
      small.addEventListener(event, () => choose(section, i, choice));
    }
    small.addEventListener("keydown", (event) => move(event, grid, i));
    grid.append(small);
  }
  return section;
}

function fill(section, group, choice) {
  const [title, grid] = section.children;
  section.group = group;
  section.style.setProperty("--count", group.texts.length);
  title.textContent = group.title;
  grid.setAttribute("aria-label", group.title);
  [...grid.children].forEach((small, i) => {
    cut(small, group, i);
    small.setAttribute("aria-label", group.texts[i]);
  });
  choose(section, Math.min(choice[group.name] ?? 0, group.texts.length - 1), choice);
}

function choose(section, i, choice) {
  const [, grid, side] = section.children;
  const [large, words] = side.children;
  choice[section.group.name] = i;
  [...grid.children].forEach((small, j) => {
    small.setAttribute("aria-checked", i === j);
    small.tabIndex = i === j ? 0 : -1;
  });
  cut(large, section.group, i);
  large.setAttribute("aria-label", section.group.texts[i]);
  words.textContent = section.group.texts[i];
}

function cut(element, { strip, texts }, i) {
  // What lost ink lets through, see ui/pictures.py.
  element.style.backgroundImage = `url(${strip}), var(--lost)`;
  element.style.backgroundPosition = `${along(i, texts.length)} 0`;
}

function move(event, grid, i) {
  const last = grid.children.length - 1;
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const steps = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -i,
    End: last - i,
  };
  const to = i + steps[event.key];
  if (!(to >= 0 && to <= last)) return;
  event.preventDefault();
  grid.children[to].focus();
}
