// Pictures on the way from A to B, with a slider and a film strip. `share` says how far we are; it
// outlives the pictures: others come, the moment stays. The Python side is ui/components/slides.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { along, nearestStop, stops } = await import(`./strips.js${version}`);

const ONE_WAY = 4000; // milliseconds
// The film runs beyond both ends, so that A and B stand still for a moment before it turns.
const REST = 0.1;
const ICONS = { play: "M1 0 10 6 1 12z", pause: "M0 0h3.5v12H0zM6.5 0H10v12H6.5z" };
const VIEW = "<figure><figcaption></figcaption><i role=img></i></figure>";
const STRIP = "<div><small></small><div class=strip role=group></div></div>";
// Not on the way of the Tab key: the slider reaches all of them.
const STOP = "<button tabindex=-1></button>";

const shows = new WeakMap(); // the component's root -> its slides

export default function show({ data, parentElement }) {
  const root = parentElement.querySelector(".slides");
  if (!shows.has(root)) shows.set(root, build(root));
  const slides = shows.get(root);
  slides.newest = data;
  // A picture that is not decoded yet would be painted black for a frame.
  const images = data.tracks.map(({ strip }) => Object.assign(new Image(), { src: strip }));
  Promise.allSettled(images.map((image) => image.decode())).then(() => {
    if (slides.newest === data) fill(Object.assign(slides, { data, images }));
  });
}

function build(root) {
  root.innerHTML = `<div class="views"></div><div class="controls">
    <button class="play"><svg viewBox="0 0 10 12" aria-hidden="true"><path/></svg></button>
    <span></span><input type="range" min="0" step="1"><span></span><p></p></div>
    <div class="strips"></div>`;
  const [views, controls, strips] = root.children;
  const [button, from, range, to, words] = controls.children;
  const slides = { root, views, strips, button, from, range, to, words, share: 0, direction: 1 };
  range.oninput = () => go(slides, range.value);
  button.onclick = () => play(slides, !slides.playing);
  strips.onclick = ({ target }) => target.dataset.stop && go(slides, target.dataset.stop);
  return slides;
}

function fill(slides) {
  const { root, from, to, range, data } = slides;
  const { tracks, count, ends, labels, revision } = data;
  const indices = stops(count);
  root.style.setProperty("--count", count);
  root.style.setProperty("--stops", indices.length);
  [from.textContent, to.textContent] = ends;
  range.max = count - 1;
  range.ariaLabel = labels.slider;
  const percent = new Intl.NumberFormat(labels.language, { style: "percent" });
  slides.text = (i) => labels.at.replace("{percent}", percent.format(i / (count - 1)));
  const views = children(slides.views, tracks.length, VIEW);
  const strips = children(slides.strips, tracks.length, STRIP);
  tracks.forEach(({ title, strip }, t) => {
    const [name, buttons] = strips[t].children;
    views[t].firstChild.textContent = name.textContent = title;
    name.hidden = tracks.length < 2;
    views[t].lastChild.style.backgroundImage = `url(${strip})`;
    buttons.ariaLabel = title;
    children(buttons, indices.length, STOP).forEach((button, i) => {
      button.dataset.stop = indices[i];
      button.ariaLabel = slides.text(indices[i]);
      button.style.backgroundImage = `url(${strip})`;
      button.style.backgroundPosition = `${along(indices[i], count)} 0`;
    });
  });
  paint(slides);
  root.dataset.revision = revision;
}

// The elements stay as long as they can: what has the focus keeps it.
function children(parent, length, html) {
  while (parent.children.length > length) parent.lastChild.remove();
  while (parent.children.length < length) parent.insertAdjacentHTML("beforeend", html);
  return [...parent.children];
}

function paint({ root, data, share, playing, text, range, words, button, views, strips }) {
  const { count, labels, tracks } = data;
  const at = Math.round(Math.min(Math.max(share, 0), 1) * (count - 1));
  const act = playing ? "pause" : "play";
  root.dataset.at = range.value = at;
  range.ariaValueText = words.textContent = text(at);
  button.title = button.ariaLabel = labels[act];
  button.querySelector("path").setAttribute("d", ICONS[act]);
  tracks.forEach(({ title }, t) => {
    const view = views.children[t].lastChild;
    view.style.backgroundPosition = `${along(at, count)} 0`;
    view.ariaLabel = `${title}. ${text(at)}`;
    const buttons = [...strips.children[t].lastChild.children];
    const nearest = nearestStop(at, count, buttons.length);
    buttons.forEach((stop, i) => {
      stop.ariaCurrent = i === nearest;
    });
  });
}

function go(slides, at) {
  slides.share = at / (slides.data.count - 1);
  play(slides, false);
}

function play(slides, playing) {
  cancelAnimationFrame(slides.frame);
  slides.playing = playing;
  paint(slides);
  let before = performance.now();
  const step = (now) => {
    if (!slides.root.isConnected) return;
    // At most 100 ms at once: a window that was hidden goes on from where it was.
    slides.share += (slides.direction * Math.min(now - before, 100)) / ONE_WAY;
    if (slides.share > 1 + REST) slides.direction = -1;
    if (slides.share < -REST) slides.direction = 1;
    before = now;
    paint(slides);
    slides.frame = requestAnimationFrame(step);
  };
  if (playing) slides.frame = requestAnimationFrame(step);
}
