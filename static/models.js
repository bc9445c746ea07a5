// A room's models, fetched from the hub one by one; what has come is kept.

const version = new URL(import.meta.url).search; // see ui/scripts.py
const { unpack } = await import(`./network.js${version}`);

const FIRST = 1000; // ms until it is tried again; twice that the next time, and so on
const LAST = 15_000;

const networks = new Map(); // name -> Network
let asking; // aborts what is under way

/**
 * Fetch a model, in the place of what is still being fetched, until it has come.
 * @param {string} name
 * @param {(share: number) => void} coming hears how much of it is here
 * @param {() => void} failed
 * @returns {Promise<Network | null>} null if another one was asked for meanwhile
 */
export async function fetched(name, coming, failed) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  for (let wait = FIRST; !networks.has(name); wait = Math.min(2 * wait, LAST)) {
    try {
      networks.set(name, unpack(await load(name, signal, coming)));
    } catch {
      if (signal.aborted) return null;
      failed();
      await pause(wait * (0.5 + Math.random() / 2)); // not all phones at once
    }
    if (signal.aborted) return null;
  }
  return networks.get(name);
}

async function load(name, signal, coming) {
  const answer = await fetch(new URL(`../../join/model/${name}`, import.meta.url), { signal });
  if (!answer.ok) throw new Error(answer.statusText);
  const size = answer.headers.get("X-Length"); // Content-Length is that of the zipped bytes
  const parts = [];
  let length = 0;
  const reader = answer.body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    length += next.value.length;
    coming(length / size);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function pause(wait) {
  return new Promise((done) => {
    setTimeout(done, wait);
    addEventListener("online", done, { once: true });
  });
}
