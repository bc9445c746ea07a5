// The one WebSocket to the hub of rooms, opened again for as long as the room lasts: a phone sleeps, a
// hall's Wi-Fi drops three hundred at once.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { checker } = await import(`./messages.js${version}`);

const FIRST = 500; // ms until it is tried again; twice that the next time, and so on
const LAST = 15_000;
const OPENS_WITHIN = 10_000; // ms; some Wi-Fi swallows everything and gives no error for minutes
const ASLEEP = 20_000; // ms out of sight; what still looks open may be dead
const ENDS = ["closed", "old", "banned"];

const address = new URL("../../join/socket", import.meta.url);
address.protocol = address.protocol.replace("http", "ws");

/**
 * Stay connected until the room ends.
 * @param {object} table see messages.js
 * @param {{hello: () => object, heard: (message: object) => void, changed: (connected: boolean) => void}} on
 *   `hello` gives what is said first on each connection; `heard` takes what the hub says
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
  let hiddenAt = Date.now();

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
    // A server that sends everybody off again is no connection.
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
    if (document.hidden) hiddenAt = Date.now();
    else if (!connected || Date.now() - hiddenAt > ASLEEP) renew();
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
