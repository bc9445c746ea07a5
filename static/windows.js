// How the windows of a talk hear of each other: stage and speaker's window, in any number.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { Pass } = await import(`./pass.js${version}`);
const { connect } = await import(`./socket.js${version}`);
const { heard } = await import(`./talk.js${version}`);

/** The room that this window watches: as its link names it, #CODE.token, or as its tab keeps it. */
export function watched() {
  const [, room, token] = /^#([^.]+)\.(.+)$/.exec(location.hash) ?? [];
  return room ? new Pass(room, token) : Pass.kept();
}

// All windows of one browser hear the same channel.
function broadcast(hear) {
  const channel = new BroadcastChannel("gargalo-talk");
  channel.onmessage = ({ data }) => hear(data);
  return { send: (message) => channel.postMessage(message), close: () => channel.close() };
}

// Those of other devices hear the room's hub. It knows of a talk which step it is at, and no more.
function throughRoom(hear, talk, pass, { table, leads, said = () => {}, changed = () => {} }) {
  let step = 0; // that was said last, by either side
  let greeted;
  const line = connect(JSON.parse(table), {
    hello() {
      greeted = false;
      return pass.watch();
    },
    changed,
    heard(message) {
      said(message);
      if (message.say === "fault") {
        if (message.why === "unknown") line.stop();
        greeted = false; // what was said may not have been taken: the step comes as it was before
      }
      if (message.say !== "settings") return;
      const first = !greeted;
      greeted = true;
      if (leads && first)
        set(step); // what is on the wall counts, whatever was said meanwhile
      else if (message.talk === talk && message.step && !(leads && message.step === step)) {
        step = message.step;
        hear({ say: leads ? "go" : "moved", talk, step });
      }
    },
  });
  const set = (to) => to && line.send({ say: "set", talk, step: to });
  return {
    send(message) {
      if (message.say !== (leads ? "at" : "go") || message.step === step) return;
      step = message.step;
      set(step);
    },
    close: () => line.stop(),
  };
}

/**
 * Join the windows of a talk.
 * @param {string} talk its name
 * @param {Record<string, (message: object) => void>} acts what to do with a message, by what it says
 * @param {object} hub
 * @param {string | null} hub.table what may be said to it; null where there is none
 * @param {boolean} hub.leads is this the stage?
 * @param {(message: object) => void} [hub.said] hears all that the hub says
 * @param {(connected: boolean) => void} [hub.changed]
 * @returns {{tell: (say: string, fields?: object) => void, close: () => void}}
 */
export function join(talk, acts, hub) {
  const hear = (data) => {
    const message = heard(data, talk);
    if (message) acts[message.say]?.(message);
  };
  const channel = broadcast(hear);
  let room = null;
  let pass = null;
  // A room may be opened, or another one, while the talk is given.
  const look = () => {
    const now = hub.table ? watched() : null;
    if (now?.token === pass?.token) return;
    room?.close();
    pass = now;
    room = pass && throughRoom(hear, talk, pass, hub);
  };
  look();
  return {
    tell(say, fields) {
      look();
      const message = { say, talk, ...fields };
      channel.send(message);
      room?.send(message);
    },
    close() {
      channel.close();
      room?.close();
    },
  };
}
