// The page of a second person, who sees what waits and what stands on the wall. Its Python side is
// hub/moderate.py.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { fetched } = await import(`./models.js${version}`);
const { picture, sketch } = await import(`./paint.js${version}`);
const { inOrder } = await import(`./queue.js${version}`);
const { Roster } = await import(`./roster.js${version}`);
const { Sights } = await import(`./seen.js${version}`);
const { connect } = await import(`./socket.js${version}`);
const { fill } = await import(`./words.js${version}`);

const BUDGET = 8; // milliseconds of each frame, in which drawings are looked at
const MOST = 60; // cards of a list, until more are asked for
const DRAWING = 168; // pixels
const STILL = 1500; // milliseconds after a hand was there, in which nothing moves
const PACE = 60; // milliseconds between two messages: the hub takes 20 in a second
const ANSWERS_WITHIN = 8000; // milliseconds; a connection that takes longer is given up
const AGAIN = 4000; // milliseconds until what the hub would not take is tried again
const SURE = 4000; // milliseconds in which a second press sends somebody out

const part = (id) => document.getElementById(id);
const page = JSON.parse(part("page").textContent);
const { texts } = page;

const roster = new Roster();
const sights = new Sights();
const lists = ["waiting", "wall"].map((name) => ({
  name,
  root: part(name),
  cards: new Map(), // id -> Card
  most: MOST,
  touched: -STILL,
}));
const sending = []; // what is still to be said, a little at a time
const news = { room: "", model: "" }; // what is wrong with either, a key of the texts
let network = null;
let model; // its name
let asked = false; // for a frame
let line = null; // the connection, see socket.js
let answering; // what is done if it says nothing
let again; // when it is asked once more

// The link: #CODE.token, which no browser sends to a server.
const [, room, token] = /^#([^.]+)\.(.+)$/.exec(location.hash) ?? [];
addEventListener("hashchange", () => location.reload());

function begin() {
  if (!new RegExp(`^${page.link}$`).test(`${room}.${token}`)) return end("incomplete");
  part("room").textContent = room;
  line = connect(page.table, {
    hello: () => ({ say: "watch", room, token }),
    heard,
    changed(connected) {
      clearTimeout(answering);
      if (connected) answering = setTimeout(() => line.renew(), ANSWERS_WITHIN);
      else say("room", "lost");
    },
  });
}

function heard(message) {
  clearTimeout(answering);
  if (message.say === "fault") return failed(message.why);
  if (message.say === "watching") say("room", "");
  roster.hear(message);
  if (message.say === "settings" && message.model !== model) follow(message.model);
  refresh();
}

function failed(why) {
  if (why in page.ends) return end(why);
  if (!["away", "slow_down"].includes(why)) return;
  say("room", why);
  clearTimeout(again);
  again = setTimeout(() => line.renew(), AGAIN);
}

function end(why) {
  line?.stop();
  document.body.dataset.screen = "over";
  part("why").textContent = page.ends[why];
}

async function follow(name) {
  model = name;
  network = null;
  say("model", "coming");
  const come = await fetched(
    name,
    () => say("model", "coming"),
    () => say("model", "failed"),
  );
  if (!come) return;
  say("model", "");
  network = come;
  refresh();
}

// Without the room nothing can be done: that is said before what its model does.
function say(of, what) {
  news[of] = what;
  part("status").textContent = texts[news.room || news.model] ?? "";
}

function refresh() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    paint();
  });
}

function paint() {
  const { settings, all } = roster;
  if (!settings) return;
  sights.want(
    network,
    null,
    all.map(({ strokes }) => strokes),
  );
  const until = performance.now() + BUDGET;
  if (sights.work(() => performance.now() > until)) refresh();
  for (const name of ["frozen", "hidden", "approval"]) {
    part(name).ariaPressed = String(settings[name]);
  }
  const approved = all.filter((digit) => digit.approved);
  for (const list of lists) show(list, list.name === "wall" ? approved : roster.waiting);
  part("approve_all").hidden = !roster.waiting.length;
}

// A list of cards

function show(list, digits) {
  const { root, cards, name } = list;
  const error = ({ strokes }) => sights.of(strokes)?.error ?? 0;
  const busy = performance.now() - list.touched < STILL;
  clearTimeout(list.later);
  if (busy) list.later = setTimeout(refresh, STILL);
  const ordered = inOrder(digits, error, [...cards.keys()], busy).slice(0, list.most);
  const wanted = new Set(ordered.map(({ id }) => id));
  for (const [id, { item }] of cards) {
    if (wanted.has(id)) continue;
    item.remove();
    cards.delete(id);
  }
  const old = new Map(cards);
  cards.clear();
  for (const [i, digit] of ordered.entries()) {
    const card = old.get(digit.id) ?? build(name);
    cards.set(digit.id, card);
    fillIn(card, digit);
    if (root.children[i] !== card.item) root.insertBefore(card.item, root.children[i] ?? null);
  }
  part(`${name}_count`).textContent = digits.length;
  part(`${name}_none`).hidden = digits.length > 0;
  const more = part(`${name}_more`);
  more.hidden = digits.length <= ordered.length;
  more.textContent = fill(texts.more, { n: digits.length - ordered.length });
}

function build(name) {
  const item = part(`${name}_card`).content.firstElementChild.cloneNode(true);
  const card = { item, sure: null };
  const [pictures, words] = item.children;
  Object.assign(card, { pictures, words, survives: pictures.firstElementChild });
  for (const button of item.querySelectorAll("button")) {
    button.addEventListener("click", () => ACTS[button.className.split(" ")[0]](card, button));
  }
  return card;
}

function fillIn(card, digit) {
  const sight = sights.of(digit.strokes);
  if (card.digit?.strokes !== digit.strokes) {
    card.drawing?.remove();
    card.drawing = sketch(digit.strokes, DRAWING);
    card.pictures.prepend(card.drawing);
  }
  if (sight && card.sight !== sight) {
    picture(sight.reconstruction, null, card.survives);
    card.sight = sight;
  }
  if (card.digit?.name !== digit.name) card.words.textContent = digit.name;
  const reveal = card.item.querySelector(".reveal");
  if (reveal) reveal.ariaPressed = String(digit.shown);
  card.digit = digit;
}

// What can be done

const ACTS = {
  approve: ({ digit: { id, seq } }) => tell({ say: "approve", id, seq }),
  reveal: ({ digit: { id, seq, shown } }) => tell({ say: "reveal", id, seq, shown: !shown }),
  remove: ({ digit: { id } }) => tell({ say: "remove", id }),
  // Twice: nobody who was sent out comes back.
  ban(card, button) {
    if (card.sure) tell({ say: "ban", id: card.digit.id });
    clearTimeout(card.sure);
    const calm = () => {
      card.sure = null;
      button.textContent = texts.ban;
    };
    if (card.sure) return calm();
    button.textContent = texts.sure;
    card.sure = setTimeout(calm, SURE);
  },
};

function tell(message) {
  sending.push(message);
  if (sending.length === 1) deliver();
}

// What cannot be said now is not said later: it may no longer be meant.
function deliver() {
  if (!line.send(sending[0])) sending.length = 1;
  setTimeout(() => {
    sending.shift();
    if (sending.length) deliver();
  }, PACE);
}

for (const name of ["frozen", "hidden", "approval"]) {
  part(name).addEventListener("click", () => {
    if (roster.settings) tell({ say: "set", [name]: !roster.settings[name] });
  });
}
// Those that are seen, as they are seen.
part("approve_all").addEventListener("click", () => {
  for (const card of lists[0].cards.values()) if (card.sight) ACTS.approve(card);
});
for (const list of lists) {
  for (const type of ["pointermove", "pointerdown", "focusin"]) {
    list.root.addEventListener(type, () => {
      list.touched = performance.now();
    });
  }
  part(`${list.name}_more`).addEventListener("click", () => {
    list.most += MOST;
    refresh();
  });
}

begin();
