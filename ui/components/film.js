// The frames of a training, kept here; `at` is the moment that the visitor went back to, or null: the newest.
const films = new WeakMap();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".film");
  let film = films.get(root);
  if (!film) films.set(root, (film = build(root)));
  if (film.reel !== data.reel) Object.assign(film, { reel: data.reel, frames: new Map(), at: null });
  for (const frame of data.frames) film.frames.set(frame.at, frame);
  film.live = data.live;
  film.labels = data.labels;
  fill(film, data);
  render(film);
  return () => clearInterval(film.timer);
}

function build(root) {
  const make = (name) => document.createElement(name);
  const film = { root, pairs: make("div"), play: make("button"), range: make("input"), words: make("p"), frames: new Map() };
  const controls = make("div");
  film.pairs.className = "pairs";
  film.pairs.setAttribute("role", "img");
  controls.className = "controls";
  film.range.type = "range";
  film.range.min = 0;
  film.play.textContent = "▶";
  film.words.setAttribute("aria-live", "off"); // it changes twice a second
  controls.append(film.play, film.range);
  root.replaceChildren(film.pairs, controls, film.words);
  film.range.addEventListener("input", () => {
    clearInterval(film.timer);
    go(film, Number(film.range.value));
  });
  film.play.addEventListener("click", () => {
    clearInterval(film.timer);
    let i = 0;
    film.timer = setInterval(() => {
      go(film, i);
      if (++i >= moments(film).length) clearInterval(film.timer);
    }, 200);
  });
  return film;
}

function fill(film, { originals, count, labels }) {
  film.root.style.setProperty("--count", count);
  film.play.title = labels.play;
  film.play.setAttribute("aria-label", labels.play);
  film.range.setAttribute("aria-label", labels.timeline);
  while (film.pairs.children.length > count) film.pairs.lastChild.remove();
  while (film.pairs.children.length < count) {
    const pair = document.createElement("div");
    pair.append(document.createElement("i"), document.createElement("i"), document.createElement("span"));
    film.pairs.append(pair);
  }
  [...film.pairs.children].forEach((pair, i) => {
    const own = labels.own && i === count - 1;
    pair.className = own ? "own" : "";
    pair.lastChild.textContent = own ? labels.own : "";
    cut(pair.children[0], originals, i, count);
  });
}

function cut(element, url, i, count) {
  element.style.backgroundImage = url ? `url(${url})` : "none";
  element.style.backgroundPosition = `${(100 * i) / Math.max(count - 1, 1)}% 0`;
}

function moments(film) {
  const all = [...film.frames.values()].sort((a, b) => a.at - b.at);
  return film.live && !film.frames.has(film.live.at) ? [...all, film.live] : all;
}

function go(film, i) {
  const all = moments(film);
  film.at = i < all.length - 1 ? all[i].at : null;
  render(film);
}

function render(film) {
  const all = moments(film);
  const found = all.findIndex(({ at }) => at === film.at);
  const i = found < 0 ? all.length - 1 : found;
  const frame = all[i];
  film.range.max = Math.max(all.length - 1, 0);
  film.range.value = Math.max(i, 0);
  film.range.disabled = film.play.disabled = all.length < 2;
  film.words.textContent = frame ? frame.text : film.labels.waiting;
  film.range.setAttribute("aria-valuetext", film.words.textContent);
  film.pairs.setAttribute("aria-label", `${film.labels.label}. ${film.words.textContent}`);
  [...film.pairs.children].forEach((pair, j, { length }) => cut(pair.children[1], frame?.url, j, length));
}
