// A talk on stage: keys, a finger and the speaker's window move it, and the next step is complete
// before it is seen. The Python side is ui/components/stage.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { deed, firm, led, swiped, within } = await import(`./talk.js${version}`);
const { join, watched } = await import(`./windows.js${version}`);

// What any step may need: by then it is here.
Promise.allSettled([
  import(`./atoms.js${version}`),
  import(`./charts.js${version}`),
  import(`./film.js${version}`),
  import(`./live.js${version}`),
  import(`./map_canvas.js${version}`),
  import(`./sheet.js${version}`),
  import(`./slides.js${version}`),
]);

const REST = 2000; // ms after which a pointer that does not move is hidden
const PATIENCE = 3500; // ms; a browser's own for a transition is 4000
const STROKE = 300; // ms: the canvas waits 200 of them before it sends
const WIDE = 711; // CSS pixels of the page, 1280 × 720 on the wall at 1.8
const HIGH = 400;
const SMALLEST = 0.3;
const OWN_TALK = "gargalo-talk"; // in the session's storage: the file
const BEGAN = "gargalo-began";
const FIELD = "input, textarea, select, [contenteditable]";
const TAKES_FINGERS = ".st-key-canvas_box, .chart, .map, .stage-tools";

const root = document.documentElement;
let stage = null; // that is in the page

export default function show({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".stage-tools");
  if (data.keep) return store(OWN_TALK, data.keep);
  if (data.ask) return setTriggerValue("talk", stored(OWN_TALK) ?? "");
  if (stage?.host !== host) {
    stage?.end();
    stage = new Stage(host, data);
  }
  stage.update(data, setTriggerValue);
  // Streamlit also calls the cleanup of an update that a newer one overtook.
  return () => host.isConnected || stage?.host !== host || stage.end();
}

class Stage {
  constructor(host, data) {
    this.host = host;
    this.step = this.wanted = data.step;
    this.dark = false;
    this.stroke = -Infinity; // when the last one ended
    this.began = Number(stored(BEGAN)) || Date.now();
    store(BEGAN, this.began);
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    const on = (type, act, options) =>
      addEventListener(type, act.bind(this), { signal, passive: false, ...options });
    on("keydown", (event) => firm(event) && this.pressed(event), { capture: true });
    on("keydown", (event) => firm(event) || this.pressed(event));
    for (const type of ["pointermove", "pointerdown"]) on(type, this.woken, { capture: true });
    on("pointerdown", this.touched, { capture: true });
    on("pointerup", this.released, { capture: true });
    on("resize", () => this.fit());
    on("pagehide", () => this.windows.tell("end"));
    const button = (name, act) =>
      host.querySelector(name).addEventListener("click", act.bind(this), { signal });
    for (const what of ["back", "next", "leave"]) button(`.${what}`, () => this.do(what));
    button(".black", () => this.blank(false));
    button(".close", () => this.list.close());
    const acts = {
      hello: () => this.tell(true),
      go: ({ step }) => this.go(step),
      blank: ({ blank }) => this.blank(blank),
      restart: () => this.restart(),
    };
    this.windows = join(data.talk, acts, { table: data.hub, leads: true });
    // Some of what a step shows makes room for itself later. In the next frame: what changes in this
    // one would be news to other observers, too late.
    this.observer = new ResizeObserver(() =>
      requestAnimationFrame(() => !this.ended && standsOut() && this.fit()),
    );
    this.observer.observe(document.querySelector(".stMainBlockContainer > .stVerticalBlock"));
    this.woken();
    this.stayAwake();
    document.addEventListener("visibilitychange", () => this.stayAwake(), { signal });
  }

  // The computer that shows the talk does not fall asleep over it; out of sight the lock is lost.
  async stayAwake() {
    try {
      const lock = await navigator.wakeLock?.request("screen");
      if (this.ended) lock?.release();
      else this.lock = lock;
    } catch {} // out of sight, or its battery is low
  }

  get list() {
    return this.host.querySelector("dialog");
  }

  update(data, send) {
    const first = !this.data;
    Object.assign(this, { data, send });
    for (const element of this.host.querySelectorAll("[data-label]")) {
      const words = data.labels[element.dataset.label];
      if (element.matches("h2")) element.textContent = words;
      else element.ariaLabel = words;
    }
    this.list.querySelector("dl").replaceChildren(...data.keys.flatMap(row));
    if (!this.changing) this.settle();
    // Another one came by itself: the session was lost, or another tab of it moved on.
    if (!this.changing && data.step !== this.step) this.step = this.wanted = data.step;
    if (first || !this.changing) this.tell(first);
  }

  pressed(event) {
    const what = deed(event);
    if (what === "fill") event.preventDefault(); // which would load the page again
    if (!what || this.list.open || event.defaultPrevented !== (what === "fill")) return;
    const [target] = event.composedPath();
    if (target.matches?.(FIELD) && target.type !== "range") return;
    if (event.key === " " && target.closest?.("button")) return;
    event.preventDefault();
    event.stopPropagation();
    // The page itself has the focus after a click on nothing; a key would put a frame around it.
    if (target.matches?.("[data-testid=stMain]")) target.blur();
    if (!event.repeat || led(what, 1, 2)) this.do(what);
  }

  do(what) {
    if (this.dark) return this.blank(false);
    const to = led(what, this.wanted, this.data.count);
    if (to !== undefined) return this.go(to);
    if (what === "blank") this.blank(true);
    else if (what === "keys") this.list.showModal();
    else if (what === "speaker")
      open(this.data.speaker, "gargalo-speaker", "popup,width=900,height=700");
    else if (what === "fill" && !document.fullscreenElement)
      root.requestFullscreen?.().catch(() => {}); // a frame of another site may not
    else if (what === "leave") this.leave();
    return undefined;
  }

  leave() {
    if (document.fullscreenElement) document.exitFullscreen();
    forget(BEGAN);
    this.send("leave", true);
  }

  go(step) {
    this.blank(false);
    this.wanted = within(step, this.data.count);
    if (this.wanted !== this.step && !this.changing) this.change();
  }

  // What is on the wall stays there until the next step is complete.
  async change() {
    this.changing = true;
    const arrive = () => this.arrive();
    if (document.startViewTransition) {
      const transition = document.startViewTransition(arrive);
      transition.ready.catch(() => {}); // skipped: nobody sees it, or it took too long
      await transition.updateCallbackDone.catch(() => {});
    } else {
      root.dataset.changing = "";
      await arrive();
      delete root.dataset.changing;
    }
    this.changing = false;
    if (this.ended) return;
    this.step = this.wanted = this.data.step;
    this.tell();
  }

  async arrive() {
    await pause(this.stroke + STROKE - performance.now());
    let asked;
    await this.settle(() => {
      if (asked === this.wanted) return;
      asked = this.wanted;
      this.send("move", { step: asked });
    });
  }

  // Wait until all is there that is wanted.
  async settle(meanwhile = () => {}) {
    this.fit();
    const until = performance.now() + PATIENCE;
    const here = () => this.ended || (this.data.step === this.wanted && complete());
    while (!here() && performance.now() < until) {
      meanwhile();
      await pause(10);
    }
    if (!this.ended) this.fit();
  }

  blank(dark) {
    if (dark === this.dark) return;
    this.dark = dark;
    this.host.querySelector(".black").togglePopover(dark);
    this.tell();
  }

  restart() {
    this.began = Date.now();
    store(BEGAN, this.began);
    this.tell();
  }

  tell(all = false) {
    const { data, windows } = this;
    if (all) {
      windows.tell("texts", { title: data.title, texts: data.texts });
      const room = data.hub && watched();
      if (room) windows.tell("room", { ...room });
    }
    windows.tell("at", { step: this.step, blank: this.dark, began: this.began });
  }

  // Twice as large as on a desk, on a screen of any size; what still does not fit is made smaller.
  fit() {
    root.style.setProperty("--zoom", Math.min(innerWidth / WIDE, innerHeight / HIGH));
    root.style.removeProperty("--fit");
    if (!standsOut()) return;
    // What is made smaller has more room beside it, and may grow into that: no rule of three.
    let [small, large] = [SMALLEST, 1];
    for (let i = 0; i < 7; i++) {
      const fit = (small + large) / 2;
      root.style.setProperty("--fit", fit);
      if (standsOut()) large = fit;
      else small = fit;
    }
    root.style.setProperty("--fit", small);
  }

  // The pointer, which rests most of the time.
  woken(event) {
    root.style.removeProperty("--cursor");
    delete root.dataset.resting;
    this.host.classList.toggle("touched", event?.pointerType === "touch");
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      root.style.setProperty("--cursor", "none");
      root.dataset.resting = "";
      this.host.classList.remove("touched");
    }, REST);
  }

  touched({ isPrimary, pointerType, clientX, clientY, target }) {
    const swipes = isPrimary && pointerType === "touch" && !target.closest(TAKES_FINGERS);
    this.finger = swipes ? [clientX, clientY] : null;
  }

  released({ clientX, clientY, target }) {
    if (target.closest(".st-key-canvas_box")) this.stroke = performance.now();
    const way = this.finger && swiped(this.finger, [clientX, clientY]);
    this.finger = null;
    if (way) this.do(way);
    // Who has drawn with the mouse goes on with the keys: they are not the canvas's yet.
    if (!this.list.open) queueMicrotask(() => document.activeElement?.blur());
  }

  end() {
    this.ended = true;
    this.listeners.abort();
    this.observer.disconnect();
    this.windows.tell("end");
    this.windows.close();
    this.lock?.release();
    clearTimeout(this.rest);
    for (const name of ["--cursor", "--zoom", "--fit"]) root.style.removeProperty(name);
    for (const name of ["resting", "changing"]) delete root.dataset[name];
    if (stage === this) stage = null;
  }
}

// Does something stand out, below or to the right?
function standsOut() {
  const main = document.querySelector("[data-testid=stMain]");
  const { scrollHeight, clientHeight, scrollWidth, clientWidth } = main;
  return scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1;
}

// Is all there that this step shows?
function complete() {
  const app = document.querySelector("[data-testid=stApp]");
  if (app.dataset.testScriptState !== "notRunning") return false;
  const main = document.querySelector("[data-testid=stMain]");
  for (const element of everything(main)) {
    if (element.matches("img") && !element.complete) return false;
    if (element.matches(".chart:empty, .code-map:not([data-map])")) return false;
  }
  const box = main.querySelector(".st-key-canvas_box");
  return !box || [...everything(box)].some((element) => element.matches("canvas.upper-canvas"));
}

// In shadow roots too.
function* everything(from) {
  for (const element of from.querySelectorAll("*")) {
    yield element;
    if (element.shadowRoot) yield* everything(element.shadowRoot);
  }
}

function row([keys, words]) {
  const term = document.createElement("dt");
  term.append(
    ...keys.map((key) => Object.assign(document.createElement("kbd"), { textContent: key })),
  );
  return [term, Object.assign(document.createElement("dd"), { textContent: words })];
}

// Timers, for nothing is painted meanwhile.
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function stored(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null; // in a frame of another site there may be no storage
  }
}

function store(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {} // then it lasts as long as the page
}

function forget(name) {
  try {
    sessionStorage.removeItem(name);
  } catch {}
}
