// The frames of a training, kept here. `at` is the moment that the visitor went back to, or null:
// the newest. The Python side is ui/components/film.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { MovingMap } = await import(`./moving_map.js${version}`);
const { along } = await import(`./strips.js${version}`);

const films = new WeakMap(); // the component's root -> its film

export default function show({ data, parentElement }) {
  const root = parentElement.querySelector(".film");
  if (!films.has(root)) films.set(root, build(root));
  const film = films.get(root);
  if (film.reel !== data.reel) {
    Object.assign(film, { reel: data.reel, frames: new Map(), at: null });
  }
  for (const frame of data.frames) film.frames.set(frame.at, frame);
  Object.assign(film, {
    live: data.live,
    labels: data.labels,
    digits: data.digits,
    palette: data.palette,
  });
  fill(film, data);
  render(film);
  // Also called for an update that a newer one overtook, while the film is in use.
  return () => root.isConnected || end(film);
}

function end(film) {
  clearInterval(film.timer);
  film.map.destroy();
}

function build(root) {
  const make = (name) => document.createElement(name);
  const [pairs, controls, play, range, words] = ["div", "div", "button", "input", "p"].map(make);
  const [halves, side, dead, meaning] = ["div", "div", "div", "div"].map(make);
  const [figure, canvas, caption] = ["figure", "canvas", "figcaption"].map(make);
  const map = new MovingMap(root, canvas);
  const film = { root, pairs, play, range, words, dead, meaning, canvas, caption, map };
  film.frames = new Map();
  pairs.className = "pairs";
  pairs.setAttribute("role", "img");
  controls.className = "controls";
  range.type = "range";
  range.min = 0;
  play.textContent = "▶";
  words.setAttribute("aria-live", "off"); // it changes twice a second
  controls.append(play, range);
  side.append(pairs, controls, words, dead, meaning);
  dead.className = "dead";
  meaning.className = "meaning";
  canvas.setAttribute("role", "img");
  figure.append(canvas, caption);
  halves.className = "halves";
  halves.append(side, figure);
  root.replaceChildren(halves);
  range.addEventListener("input", () => {
    clearInterval(film.timer);
    go(film, Number(range.value));
  });
  play.addEventListener("click", () => {
    clearInterval(film.timer);
    let i = 0;
    film.timer = setInterval(() => {
      go(film, i);
      i += 1;
      if (i >= moments(film).length) clearInterval(film.timer);
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
    pair.append(...["i", "i", "span"].map((name) => document.createElement(name)));
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
  element.style.backgroundPosition = `${along(i, count)} 0`;
}

// Those that are kept, and the newest.
function moments({ frames, live }) {
  const kept = [...frames.values()].sort((a, b) => a.at - b.at);
  return live && !frames.has(live.at) ? [...kept, live] : kept;
}

function go(film, i) {
  const frames = moments(film);
  film.at = i < frames.length - 1 ? frames[i].at : null;
  render(film);
}

function render(film) {
  const { pairs, play, range, words, labels, canvas } = film;
  const frames = moments(film);
  const last = frames.length - 1;
  const chosen = frames.findIndex(({ at }) => at === film.at);
  const i = chosen < 0 ? last : chosen;
  range.max = Math.max(last, 0);
  range.value = Math.max(i, 0);
  range.disabled = play.disabled = last < 1;
  words.textContent = frames[i]?.text ?? labels.waiting;
  range.setAttribute("aria-valuetext", words.textContent);
  pairs.setAttribute("aria-label", `${labels.label}. ${words.textContent}`);
  film.dead.textContent = frames[i]?.dead ?? "";
  film.meaning.textContent = frames[i] ? labels.dead : "";
  film.caption.textContent = frames[i]?.map ?? labels.empty;
  canvas.setAttribute("aria-label", `${labels.map}. ${film.caption.textContent}`);
  if (frames[i]) lay(film, frames[i]);
  [...pairs.children].forEach((pair, j, { length }) => {
    cut(pair.children[1], frames[i]?.url, j, length);
  });
}

function lay({ map, reel, digits, palette }, { at, places }) {
  const points = Uint8Array.from(atob(places), (byte) => byte.charCodeAt(0));
  map.show(`${reel} ${at}`, points, digits, palette);
}
