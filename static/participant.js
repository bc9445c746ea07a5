// What a phone knows of its room, and what there is to say of it. Pure: each function takes what was
// known and gives what is known now. The messages are those of hub/protocol.py.

const ENDS = ["closed", "old", "banned"];
const PASSES = ["slow_down", "full", "away"]; // it is tried again, by itself in a room that one knows

/** @typedef {typeof STRANGER} Participant */
export const STRANGER = {
  room: "", // its code
  me: "", // the phone's token, once it was let in
  name: "",
  spins: 0, // so often it may still ask for another name
  spinning: false, // until the one comes that it has asked for
  settings: {}, // as the hub says them
  drawing: null, // on the canvas, as strokes.js writes it; "" if it was cleared
  waiting: "", // a drawing that was sent and has not arrived
  said: "", // the last one that may have arrived
  arrived: "", // the one that the room has
  seq: 0, // of the last one that is known to have arrived
  approved: true, // which may stand on the wall
  removed: false, // which it had
  joined: false, // by the connection that there is
  fault: "", // the last one that still counts
};

const KEPT = ["room", "me", "drawing", "waiting", "said", "arrived", "seq"];

/** Write what survives a reload. */
export const keep = (now) => JSON.stringify(now, KEPT);

/**
 * Come into a room, or back.
 * @type {(room: string, kept?: string) => Participant} `kept` is of this room or of another
 */
export function enter(room, kept) {
  const { drawing = null, ...before } = read(kept);
  return { ...STRANGER, ...(before.room === room && before), room, drawing };
}

function read(kept) {
  try {
    const entries = Object.entries(JSON.parse(kept) ?? {});
    return Object.fromEntries(
      entries.filter(
        ([name, value]) =>
          KEPT.includes(name) && typeof value === (name === "seq" ? "number" : "string"),
      ),
    );
  } catch {
    return {};
  }
}

const HEAR = {
  joined(now, { me, name, spins, seq, strokes = "" }) {
    const { drawing, arrived, removed } = now;
    // It had arrived, but was taken away before the phone heard of it.
    const gone = !strokes && seq > now.seq && now.waiting === now.said;
    const waiting = gone || now.waiting === strokes ? "" : now.waiting;
    return {
      ...{ ...now, me, name, spins, seq, waiting },
      said: waiting, // now
      joined: true,
      fault: "",
      drawing: drawing ?? (strokes || null),
      arrived: strokes,
      removed: !strokes && (removed || gone || arrived !== ""),
    };
  },
  settings: (now, settings) => ({ ...now, settings }),
  named: (now, { name, spins }) => ({ ...now, name, spins, spinning: false }),
  drawn({ waiting, arrived, ...now }, { seq }) {
    return { ...now, seq, waiting: "", arrived: waiting || arrived, removed: false, fault: "" };
  },
  standing: (now, { approved }) => ({ ...now, approved }),
  removed: (now) => ({ ...now, arrived: "", removed: true }),
  fault(before, { why }) {
    const now = { ...before, spinning: false };
    // Whoever is in may draw: it was a name too many, and no drawing.
    if (why === "forbidden" && now.joined) return { ...now, spins: 0 };
    if (why === "unknown" && now.me) return { ...now, me: "", fault: "" }; // of another evening
    return { ...now, waiting: PASSES.includes(why) ? now.waiting : "", fault: why };
  },
};

/** @type {(now: Participant, message: object) => Participant} */
export const hear = (now, message) => HEAR[message.say]?.(now, message) ?? now;

/** The connection has come or gone. */
export const reconnect = (now) => ({ ...now, joined: false, spinning: false });

/** Another name is asked for. */
export const spin = (now) => ({ ...now, spinning: true });

/** What is on the canvas has changed. */
export const draw = (now, drawing) => ({ ...now, drawing, fault: refused(now) ? "" : now.fault });

/** It is sent, now or as soon as there is a connection. */
export function send(now) {
  const { drawing, joined, said } = now;
  return { ...now, waiting: drawing, said: joined ? drawing : said, removed: false, fault: "" };
}

/** It is tried again. */
export const calm = (now) => ({ ...now, fault: PASSES.includes(now.fault) ? "" : now.fault });

const refused = ({ joined, fault }) => joined && fault !== "" && !PASSES.includes(fault);

/** @type {(now: Participant) => "enter" | "draw" | "over"} */
export function screen({ room, me, joined, fault }) {
  if (ENDS.includes(fault)) return "over";
  const shut = fault && fault !== "away" && !joined && !(me && PASSES.includes(fault));
  return !room || shut ? "enter" : "draw";
}

/** @type {(now: Participant) => boolean} */
export function maySend({ drawing, waiting, arrived, joined }) {
  return Boolean(drawing) && drawing !== (waiting || arrived) && !(waiting && joined);
}

/** @type {(now: Participant) => string} what to say, by a key of the texts in hub/phone.py */
export function told(now) {
  const { drawing, waiting, arrived, joined, fault, me, settings } = now;
  if (PASSES.includes(fault)) return fault;
  if (refused(now)) return "refused";
  if (!joined) return !me ? "joining" : waiting ? "kept" : "lost";
  if (waiting) return "sending";
  if (now.removed) return "removed";
  if (!drawing) return "draw";
  if (drawing !== arrived) return arrived ? "changed" : "ready";
  if (!now.approved) return "waits";
  return settings.frozen || settings.hidden ? "later" : "shown";
}

const ALIKE = { Z: "2" }; // the alphabet has no Z

/**
 * Read a code as somebody types it.
 * @type {(typed: string, alphabet: string) => {code: string, wrong: string}} what it means, and its
 *   first sign that is in no code
 */
export function codeOf(typed, alphabet) {
  const signs = [...typed.toUpperCase().replace(/[\s-]/g, "")].map((sign) => ALIKE[sign] ?? sign);
  return { code: signs.join(""), wrong: signs.find((sign) => !alphabet.includes(sign)) ?? "" };
}
