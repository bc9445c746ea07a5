// The speaker's window: it follows the stage, and moves it. Without one it leads through the notes.
// The Python side is ui/components/speaker.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { deed, elapsed, led, within } = await import(`./talk.js${version}`);
const { join } = await import(`./windows.js${version}`);

const SILENCE = 1500; // ms without an answer: there is no stage
let window_ = null; // that is in the page

export default function show({ data, parentElement }) {
  const host = parentElement.querySelector(".speaker");
  if (window_?.host !== host) {
    window_?.end();
    window_ = new Speaker(host, data);
  }
  window_.update(data);
  return () => host.isConnected || window_?.host !== host || window_.end();
}

class Speaker {
  constructor(host, data) {
    this.host = host;
    Object.assign(this, { step: data.step, texts: data.texts, title: data.title });
    Object.assign(this, { began: Date.now(), dark: false, alone: false, heard: 0 });
    this.windows = join(data.talk, {
      at: ({ step, blank, began }) => this.follow({ step, dark: blank, began }),
      texts: ({ texts, title }) => this.follow({ texts, title }),
      end: () => this.hail(), // there may be another one
    });
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    const on = (name, act) => this.part(name).addEventListener("click", act, { signal });
    on(".back", () => this.do("back"));
    on(".next", () => this.do("next"));
    on(".black", () => this.do("blank"));
    on(".restart", () => this.restart());
    addEventListener("keydown", (event) => this.pressed(event), { signal, passive: false });
    this.ticking = setInterval(() => this.tick(), 250);
    this.hail();
  }

  part(selector) {
    return this.host.querySelector(selector);
  }

  update(data) {
    this.data = data;
    document.documentElement.lang = data.language;
    for (const element of this.host.querySelectorAll("[data-label]"))
      element.textContent = data.labels[element.dataset.label];
    Object.assign(this.part(".alone a"), { textContent: data.labels.open, href: data.stage });
    this.write();
  }

  // Is there a stage? It answers at once, or none does.
  hail() {
    this.windows.tell("hello");
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.alone = true;
      this.write();
    }, SILENCE);
  }

  follow(news) {
    clearTimeout(this.waiting);
    Object.assign(this, news, { alone: false });
    this.write();
  }

  pressed(event) {
    const what = deed(event);
    const [target] = event.composedPath();
    if (event.key === " " && target.closest?.("button, a")) return;
    if (!["next", "back", "first", "last", "blank", "fill"].includes(what)) return;
    event.preventDefault();
    if (what !== "fill") this.do(what);
  }

  do(what) {
    const to = led(what, this.step, this.texts.length);
    if (to !== undefined) this.windows.tell("go", { step: to });
    else this.windows.tell("blank", { blank: !this.dark });
    if (this.alone) {
      if (to !== undefined) this.step = to;
      this.write();
    }
    this.hail();
  }

  restart() {
    this.began = Date.now();
    this.windows.tell("restart");
    this.tick();
  }

  write() {
    const { data, texts, step, dark, alone } = this;
    if (!data) return;
    const { labels } = data;
    const at = within(step, Math.max(texts.length, 1));
    const say = (name, words) => {
      this.part(name).textContent = words;
    };
    say("h1", this.title);
    say(".place", texts.length ? `${at} / ${texts.length}` : "");
    say(".now", texts[at - 1]?.sentence ?? "");
    say(".note", texts[at - 1]?.note ?? "");
    say(".then", texts[at]?.sentence ?? (texts.length ? labels.last : ""));
    this.part(".back").disabled = at === 1;
    this.part(".next").disabled = at >= texts.length;
    this.part(".black").ariaPressed = dark;
    this.host.classList.toggle("dark", dark);
    say(".alone span", alone ? labels.alone : dark ? labels.dark : "");
    this.part(".alone").classList.toggle("here", !alone);
    this.part(".alone a").hidden = !alone;
    this.tick();
  }

  tick() {
    this.part(".elapsed").textContent = elapsed(Date.now() - this.began);
    this.part(".clock").textContent = new Intl.DateTimeFormat(this.data?.language, {
      hour: "numeric",
      minute: "2-digit",
    }).format();
  }

  end() {
    this.listeners.abort();
    this.windows.close();
    clearInterval(this.ticking);
    clearTimeout(this.waiting);
    if (window_ === this) window_ = null;
  }
}
