// The one WebSocket to the hub of rooms, opened again for as long as the room lasts: a phone sleeps, a
// hall's Wi-Fi drops three hundred at once.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { checker } = await import(`./messages.js${version}`);

const FIRST = 500; // ms until it is tried again; twice that the next time, and so on
const LAST = 15_000;
const OPENS_WITHIN = 10_000; // ms; a Wi-Fi that swallows everything gives no error for minutes
const ASLEEP = 20_000; // ms out of sight: what still looks open may be dead
const ENDS = ["closed", "old", "banned"];

const address = new URL("../../join/socket", import.meta.url);
address.protocol = address.protocol.replace("http", "ws");

/**
 * Stay connected until the room ends.
 * @param {Table} table see messages.js
 * @param {object} on
 * @param {() => object} on.hello gives what is said first on each new connection
 * @param {(message: object) => void} on.heard takes what the hub says, if it is in the table
 * @param {(connected: boolean) => void} on.changed
 * @returns {{send: (message: object) => boolean, renew: () => void, stop: () => void}} `send` tells
 *   whether it could, and keeps nothing for later; `renew` gives up what no longer answers
 */
export function connect(table, { hello, heard, changed }) {
  const check = checker(table);
  const life = new AbortController();
  let socket = null;
  let connected = false;
  let failures = 0;
  let timer;
  let hiddenAt = null;

  function open() {
    leave();
    if (life.signal.aborted) return;
    const ours = new WebSocket(address);
    socket = ours;
    timer = setTimeout(lost, OPENS_WITHIN);
    ours.onopen = () => {
      clearTimeout(timer);
      ours.send(JSON.stringify(hello()));
      tell(true);
    };
    ours.onmessage = ({ data }) => {
      for (const message of messages(data)) if (socket === ours) take(message);
    };
    ours.onclose = lost; // an error closes, too
  }

  function messages(frame) {
    try {
      return [JSON.parse(frame)].flat().filter((message) => check(message, "hub"));
    } catch {
      return []; // whatever stands between us and the hub wrote it
    }
  }

  function take(message) {
    // A server that takes everybody in and sends them off again is no connection.
    if (message.say !== "fault") failures = 0;
    if (ENDS.includes(message.why)) stop();
    heard(message);
  }

  function lost() {
    leave();
    const wait = Math.min(FIRST * 2 ** failures++, LAST);
    timer = setTimeout(open, wait * (0.5 + Math.random() / 2)); // not all at once
  }

  function leave() {
    clearTimeout(timer);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    socket = null;
    tell(false);
  }

  function tell(now) {
    if (connected !== now) changed(now);
    connected = now;
  }

  function stop() {
    life.abort();
    leave();
  }

  function renew() {
    failures = 0;
    open();
  }

  const listen = (target, type, act) => target.addEventListener(type, act, { signal: life.signal });
  listen(document, "visibilitychange", () => {
    if (document.hidden) {
      hiddenAt = Date.now();
      return;
    }
    const slept = hiddenAt !== null && Date.now() - hiddenAt > ASLEEP;
    hiddenAt = null;
    if (slept || !connected) renew();
  });
  listen(window, "online", renew);
  listen(window, "offline", lost);
  listen(window, "pagehide", leave); // an open socket would keep the page out of "back"
  listen(window, "pageshow", ({ persisted }) => persisted && renew());
  open();

  return {
    send(message) {
      if (connected) socket.send(JSON.stringify(message));
      return connected;
    },
    renew,
    stop,
  };
}
