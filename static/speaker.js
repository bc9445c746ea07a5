// The speaker's window: it follows the stage, and moves it. Without one it leads through the notes.
// The Python side is ui/components/speaker.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { deed, elapsed, led, within } = await import(`./talk.js${version}`);
const { join, watched } = await import(`./windows.js${version}`);
const { Pass } = await import(`./pass.js${version}`);
const { QrCodes } = await import(`./qr_codes.js${version}`);

const SILENCE = 1500; // ms without an answer: there is no stage
let window_ = null; // that is in the page

export default function show({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".speaker");
  if (window_?.host !== host) {
    window_?.end();
    window_ = new Speaker(host, data, (text) => setTriggerValue("qr", text));
  }
  window_.update(data);
  return () => host.isConnected || window_?.host !== host || window_.end();
}

class Speaker {
  constructor(host, data, askPython) {
    this.host = host;
    this.codes = new QrCodes(askPython);
    Object.assign(this, { step: data.step, texts: data.texts, title: data.title });
    // By a room's link this is another device than the stage's.
    const alone = Boolean(data.hub && location.hash);
    Object.assign(this, { began: Date.now(), dark: false, alone });
    Object.assign(this, { room: null, fault: null, moderator: null });
    const acts = {
      at: ({ step, blank, began }) => this.follow({ step, dark: blank, began }),
      moved: ({ step }) => this.write({ step }),
      texts: ({ texts, title }) => this.follow({ texts, title }),
      room: ({ room, token }) => Pass.keep(room, token),
      end: () => this.hail(), // there may be another one
    };
    this.windows = join(data.talk, acts, {
      table: data.hub,
      leads: false,
      said: (message) => this.hear(message),
      changed: (connected) => this.reach(connected),
    });
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    const on = (name, act) => this.part(name).addEventListener("click", act, { signal });
    on(".back", () => this.do("back"));
    on(".next", () => this.do("next"));
    on(".black", () => this.do("blank"));
    on(".restart", () => this.restart());
    on(".phone", () => this.lend());
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
    if (data.qr) this.codes.take(data.qr);
    this.write();
  }

  // The room, by which this may be another device than the stage's.

  reach(connected) {
    this.room = connected;
    this.fault &&= connected ? null : this.fault;
    this.write();
  }

  hear(message) {
    if (message.say === "fault") this.fault = message.why;
    if (message.say === "watching") this.moderator = message.moderator ?? null;
    this.write();
  }

  // A link that moves the talk from a phone.
  lend() {
    const lent = this.part(".lent");
    lent.hidden = !lent.hidden;
    const link = `${this.data.phone}#${watched().room}.${this.moderator}`;
    this.part(".lent code").textContent = link;
    if (!lent.hidden) this.codes.show(this.part(".lent img"), link);
  }

  // One's own talk is in the browser that gives it; another device leads it without its words.
  get count() {
    return this.texts.length || (this.away ? this.data.most : 1);
  }

  // Whose stage is not in this browser.
  get away() {
    return this.alone && this.room !== null;
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
    this.write({ ...news, alone: false });
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
    const to = led(what, this.step, this.count);
    if (to !== undefined) this.windows.tell("go", { step: to });
    else this.windows.tell("blank", { blank: !this.dark });
    if (this.alone && !this.room) {
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

  write(news) {
    Object.assign(this, news);
    const { data, texts, step, dark, alone } = this;
    if (!data) return;
    const { labels } = data;
    const at = within(step, this.count);
    const say = (name, words) => {
      this.part(name).textContent = words;
    };
    say("h1", this.title);
    say(".place", texts.length ? `${at} / ${texts.length}` : "");
    say(".now", texts[at - 1]?.sentence ?? "");
    say(".note", texts[at - 1]?.note ?? (this.away ? labels.elsewhere : ""));
    say(".then", texts[at]?.sentence ?? (texts.length ? labels.last : ""));
    this.part(".back").disabled = at === 1;
    this.part(".next").disabled = at >= this.count;
    this.part(".black").ariaPressed = dark;
    this.host.classList.toggle("dark", dark);
    say(".alone span", this.problem);
    this.part(".alone").classList.toggle("here", !alone || this.room === true);
    this.part(".alone a").hidden = !alone || this.away;
    this.part(".black").hidden = this.away; // of which a room knows nothing
    this.part(".phone").hidden = !this.moderator;
    if (!this.moderator) this.part(".lent").hidden = true;
    this.tick();
  }

  get problem() {
    const { labels } = this.data;
    if (this.away && !this.room) return labels[this.fault] ?? labels.away;
    if (this.alone && !this.room) return labels.alone;
    return this.dark ? labels.dark : "";
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
    this.codes.stop();
    if (window_ === this) window_ = null;
  }
}
