// A room on the projector: it opens one, shows how to come in, and what becomes of the drawings. It
// talks to the hub by itself; the Python side, ui/components/room.py, gives it models and words.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { Flights } = await import(`./flights.js${version}`);
const { unpack: unpackMap } = await import(`./latent.js${version}`);
const { unpack } = await import(`./network.js${version}`);
const { Pass } = await import(`./pass.js${version}`);
const { QrCodes } = await import(`./qr_codes.js${version}`);
const { RoomMap } = await import(`./room_map.js${version}`);
const { Roster } = await import(`./roster.js${version}`);
const { Sights } = await import(`./seen.js${version}`);
const { shelve } = await import(`./shelf.js${version}`);
const { connect } = await import(`./socket.js${version}`);
const { Tip } = await import(`./tip.js${version}`);
const { showTogether } = await import(`./together.js${version}`);
const { Wall } = await import(`./wall.js${version}`);
const { fill } = await import(`./words.js${version}`);

const BUDGET = 7; // milliseconds of each frame, in which drawings are looked at
const PAUSE = 400; // milliseconds between two looks at what all come to
const ANSWERS_WITHIN = 8000; // milliseconds; a connection that takes longer is given up
const AGAIN = 4000; // milliseconds until what the hub would not take is tried again
const UNREACHABLE = 8000; // milliseconds without a first connection, until it is said

// A control of the speaker's -> the setting that it turns on and off.
const SWITCHES = { freeze: "frozen", hide: "hidden", approval: "approval" };

const networks = new Map(); // id -> Network, the latest few
const maps = new Map(); // id -> CodeMap, the latest few
const rooms = new Map(); // host element -> Room, those in the page

// Streamlit calls this for all three elements: at mount, at every change of data and of theme.
export default function show({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".room");
  if (!host) {
    const ofMap = parentElement.querySelector(".of-map");
    if (ofMap) shelve(maps, data, unpackMap, 4);
    else shelve(networks, data, unpack, 4);
    for (const room of rooms.values()) room.refresh();
    return undefined;
  }
  if (!rooms.has(host)) rooms.set(host, new Room(host));
  const room = rooms.get(host);
  room.update(data, (text) => setTriggerValue("qr", text));
  // Also called for an update that a newer one overtook, while the room is in use.
  return () => host.isConnected || room.destroy();
}

class Room {
  constructor(host) {
    this.host = host;
    this.pass = Pass.kept();
    this.codes = new QrCodes((text) => this.askPython(text));
    this.begin();

    this.wall = new Wall(this.find(".stage"), {
      press: (id) => this.reveal(id),
      remove: (id) => this.send({ say: "remove", id }),
      point: (id) => this.point(id, this.wall),
    });
    this.map = new RoomMap(host, this.find(".map"), (id) => this.point(id, this.map));
    this.flights = new Flights(this.find(".sky"), this.wall, this.map);
    this.tip = new Tip(this.find(".tip"), (id) => {
      this.wall.mark(id);
      this.map.mark(id);
    });

    const on = (selector, act) => {
      for (const element of host.querySelectorAll(selector)) element.addEventListener("click", act);
    };
    on(".open", () => this.enter());
    for (const [name, setting] of Object.entries(SWITCHES)) {
      on(`.${name}`, () => this.send({ say: "set", [setting]: !this.roster.settings[setting] }));
    }
    on(".clear", () => this.confirm(this.labels.ask_clear, { say: "clear" }));
    on(".close", () => this.confirm(this.labels.ask_close, { say: "close" }));
    on(".enlarge", () => this.find(".large").showModal());
    on(".second:not(dialog)", () => this.openSecond());
    on(".copy", () => this.copy());
    on(".second_qr", () => this.showSecond());
    on(".done, .no", ({ target }) => target.closest("dialog").close());
    on(".large", () => this.find(".large").close());
    on(".yes", () => {
      this.find(".ask").close();
      this.send(this.asked);
    });
    on(".remove", () => this.send({ say: "remove", id: this.tip.id }));
    on(".ban", () => {
      const { id, name } = this.digit(this.tip.id);
      this.confirm(fill(this.labels.ask_ban, { name }), { say: "ban", id });
    });
    this.resized = new ResizeObserver(() => this.measure());
    this.resized.observe(document.documentElement);
  }

  find(selector) {
    return this.host.querySelector(selector);
  }

  // Nothing is known of a room.
  begin() {
    this.roster = new Roster();
    this.sights = new Sights();
    this.old = new Set(); // those that were there before who watches came
  }

  // What Python says

  update(data, askPython) {
    const first = !this.data;
    const model = this.data?.phones;
    Object.assign(this, { data, askPython, labels: Object.fromEntries(data.labels) });
    for (const element of this.host.querySelectorAll("[data-text]")) {
      element.textContent = this.labels[element.dataset.text];
    }
    for (const element of this.host.querySelectorAll("[data-title]")) {
      element.title = this.labels[element.dataset.title];
      element.setAttribute("aria-label", element.title);
    }
    this.find(".stage").setAttribute("aria-label", this.labels.wall);
    this.map.colours = this.map.readColours();
    if (first) {
      if (this.pass) this.enter();
      else this.rest();
    } else if (model !== data.phones) this.tellModel();
    if (this.host.dataset.state === "begin") this.rest(this.why);
    this.say(this.problem);
    this.invite();
    if (data.qr) this.codes.take(data.qr);
    this.measure();
    this.refresh();
  }

  // From where the page lets it begin to the lower edge of the screen.
  measure() {
    const { top } = this.host.getBoundingClientRect();
    const scrolled = this.host.getRootNode().host.closest("[data-testid=stMain]")?.scrollTop ?? 0;
    this.host.style.setProperty("--top", `${Math.round(top + scrolled)}px`);
  }

  // The connection

  // Into the room of the pass, or into a new one.
  enter() {
    this.begin();
    this.state("opening");
    this.say(null);
    const table = JSON.parse(this.data.table);
    this.connection = connect(table, {
      hello: () =>
        this.pass?.watch() ?? { say: "open", model: this.data.phones ?? this.data.fallback },
      heard: (message) => this.heard(message),
      changed: (connected) => this.changed(connected),
    });
    this.patience = setTimeout(() => this.say("unreachable"), UNREACHABLE);
  }

  send(message) {
    this.connection.send(message);
  }

  heard(message) {
    clearTimeout(this.answering);
    if (message.say === "fault") return this.failed(message.why);
    if (message.say === "opened") {
      this.pass = Pass.keep(message.room, message.speaker);
      this.invite();
    } else if (message.say === "watching") {
      clearTimeout(this.patience);
      this.moderator = message.moderator;
      this.ours = false;
      this.state("live");
      this.say(null);
    }
    this.roster.hear(message);
    if (message.say === "settings" && !this.ours) {
      this.ours = true;
      this.tellModel();
    }
    return this.refresh();
  }

  // All phones look by the frame's model; where they cannot have it, by the one before.
  tellModel() {
    const { phones } = this.data;
    const { settings } = this.roster;
    if (phones && settings && settings.model !== phones) this.send({ say: "set", model: phones });
  }

  changed(connected) {
    clearTimeout(this.answering);
    if (connected) this.answering = setTimeout(() => this.connection.renew(), ANSWERS_WITHIN);
    else if (this.host.dataset.state === "live") this.say("lost");
  }

  failed(why) {
    const isNew = !this.pass;
    if (["closed", "old", "unknown"].includes(why) || (why === "full" && isNew)) this.end(why);
    else if (why === "slow_down" && isNew) this.end("too_many");
    else if (["away", "slow_down", "full"].includes(why)) {
      this.say(why);
      // What was said first may not have been taken: it is said again.
      clearTimeout(this.again);
      this.again = setTimeout(() => this.connection.renew(), AGAIN);
    }
  }

  end(why) {
    Pass.forget();
    this.pass = null;
    this.leave();
    for (const dialog of this.host.querySelectorAll("dialog[open]")) dialog.close();
    this.begin();
    this.show([]);
    this.rest(why);
  }

  // No room is open: why, if one was.
  rest(why) {
    this.why = why;
    this.state("begin");
    this.find(".why").textContent = why ? this.labels[why] : "";
    this.find(".begin .open").textContent = why ? this.labels.another : this.labels.open;
  }

  state(name) {
    this.host.dataset.state = name;
    // For what lies around: style.css takes the page's first sentence out of sight.
    this.host.getRootNode().host.dataset.room = name;
    requestAnimationFrame(() => this.measure());
  }

  // One quiet line on what is wrong, or else on what is so.
  say(problem) {
    this.problem = problem;
    const words = this.labels[problem ?? this.condition] ?? "";
    for (const line of this.host.querySelectorAll(".line")) {
      if (line.textContent !== words) line.textContent = words;
    }
  }

  get condition() {
    if (this.host.dataset.state === "opening") return "opening";
    if (this.roster.settings?.frozen) return "frozen";
    return this.data.phones ? null : "own_model";
  }

  leave() {
    for (const name of ["patience", "again", "answering", "later"]) clearTimeout(this[name]);
    this.tip.hide();
    this.connection?.stop();
  }

  // How to come in

  invite() {
    if (!this.pass) return;
    const { room } = this.pass;
    const { join, scan } = this.data;
    for (const element of this.host.querySelectorAll(".code")) element.textContent = room;
    for (const element of this.host.querySelectorAll(".where")) {
      const [words, address] = ["span", "b"].map((name) => document.createElement(name));
      words.textContent = this.labels.join_at;
      address.textContent = join.replace(/^https?:\/\//, "");
      element.replaceChildren(words, " ", address);
    }
    for (const image of this.host.querySelectorAll(".enlarge .qr, .large .qr")) {
      image.alt = fill(this.labels.qr_of, { address: `${join}/${room}` });
      this.codes.show(image, `${scan}/${room}`);
    }
    this.find(".alone").hidden = !this.data.alone;
  }

  // What is shown: each frame the newest state, and no more work than it has time for

  refresh() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    if (!this.data || this.host.dataset.state !== "live" || !this.roster.settings) return;
    const wall = this.roster.wall;
    if (this.roster.fresh) for (const { id } of wall) this.old.add(id);
    this.roster.fresh = false;
    const map = maps.get(this.data.map) ?? null;
    this.sights.want(
      networks.get(this.data.network) ?? null,
      map,
      wall.map(({ strokes }) => strokes),
    );
    const until = performance.now() + BUDGET;
    if (this.sights.work(() => performance.now() > until)) this.refresh();
    this.show(wall, map);
    this.tell(wall);
    this.lookLater();
  }

  show(wall, map) {
    const seen = wall.map((digit) => ({ ...digit, sight: this.sights.of(digit.strokes) }));
    const there = seen.filter(({ sight }) => sight !== null); // those with ink
    const flying = this.wall.show(there, (id) => this.flies(id));
    for (const id of flying) this.flights.begin(id);
    this.flights.recall();
    if (map) {
      this.map.show(map, new Map(there.map((d) => [d.id, this.sights.placeOf(d.strokes)])));
    }
    if (this.tip.id && !this.digit(this.tip.id)) this.tip.hide();
  }

  flies(id) {
    const isNew = !this.old.has(id);
    this.old.add(id);
    return isNew && !this.roster.settings.hidden && this.flights.book(id);
  }

  // Numbers and switches.
  tell(wall) {
    const { settings, here, waiting } = this.roster;
    const { labels } = this;
    const count = (name, number, words) => {
      const [value, unit] = this.find(`.${name}`).children;
      value.textContent = number;
      unit.textContent = words;
    };
    count("phones", here, here === 1 ? labels.phone : labels.phones);
    count("digits", wall.length, wall.length === 1 ? labels.digit : labels.digits);
    count("waits", waiting.length, waiting.length === 1 ? labels.waits : labels.wait);
    this.find(".waits").hidden = !settings.approval && !waiting.length;
    for (const [name, setting] of Object.entries(SWITCHES)) {
      this.find(`.controls .${name}`).setAttribute("aria-pressed", settings[setting]);
    }
    const { dataset } = this.host;
    dataset.empty = String(!wall.length);
    dataset.hidden = String(settings.hidden);
    dataset.frozen = String(settings.frozen);
    dataset.model = settings.model;
    dataset.map = String(Boolean(this.data.map));
    this.find(".map").setAttribute("aria-label", fill(labels.map, { n: wall.length }));
    this.say(this.problem);
  }

  // What all of them come to, now and then.
  lookLater() {
    const rest = PAUSE - (performance.now() - (this.looked ?? -PAUSE));
    clearTimeout(this.later);
    if (rest <= 0) this.lookTogether();
    else this.later = setTimeout(() => this.lookTogether(), rest);
  }

  lookTogether() {
    this.looked = performance.now();
    const network = networks.get(this.data.network);
    const digits = this.roster.wall.flatMap((digit) => {
      const sight = this.sights.of(digit.strokes);
      return sight ? { ...digit, sight } : [];
    });
    showTogether(this.find(".together"), digits, network, this.labels);
  }

  // Whose digit it is

  digit(id) {
    return this.roster.wall.find((digit) => digit.id === id);
  }

  // The drawing that was seen, and not another one that has just come.
  reveal(id) {
    const { seq, shown } = this.digit(id);
    this.send({ say: "reveal", id, seq, shown: !shown });
  }

  point(id, where) {
    const digit = id && this.digit(id);
    const box = digit && where.box(id);
    if (box) this.tip.show(digit, box);
    else this.tip.leave();
  }

  // What is asked once, and what a second person gets

  confirm(words, message) {
    this.asked = message;
    this.find("#ask-words").textContent = words;
    this.find(".ask").showModal();
  }

  get link() {
    return `${this.data.moderate}#${this.pass.room}.${this.moderator}`;
  }

  openSecond() {
    const dialog = this.find("dialog.second");
    for (const element of dialog.querySelectorAll(".qr, .warning")) element.hidden = true;
    dialog.querySelector(".copied").textContent = "";
    dialog.showModal();
  }

  async copy() {
    const done = await copied(this.link, this.find("dialog.second"));
    this.find(".copied").textContent = done ? this.labels.copied : this.labels.not_copied;
  }

  showSecond() {
    this.find(".second .warning").hidden = false;
    const image = this.find(".second .qr");
    image.hidden = false;
    this.codes.show(image, this.link);
  }

  destroy() {
    this.leave();
    this.codes.stop();
    cancelAnimationFrame(this.frame);
    this.resized.disconnect();
    this.wall.destroy();
    this.map.destroy();
    rooms.delete(this.host);
  }
}

// Where the page may not (http, but for localhost), by the browser's older way.
async function copied(text, parent) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    parent.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
