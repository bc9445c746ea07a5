// How the windows of a talk hear of each other: stage and speaker's window, in any number.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { heard } = await import(`./talk.js${version}`);

// Ways that a message may take: each opens one, and gives what sends by it and what closes it. All
// windows of one browser hear the same channel; what leads to other devices would stand beside it.
const WAYS = [
  (hear) => {
    const channel = new BroadcastChannel("gargalo-talk");
    channel.onmessage = ({ data }) => hear(data);
    return { send: (message) => channel.postMessage(message), close: () => channel.close() };
  },
];

/**
 * Join the windows of a talk.
 * @param {string} talk its name
 * @param {Record<string, (message: object) => void>} acts what to do with a message, by what it says
 * @returns {{tell: (say: string, fields?: object) => void, close: () => void}}
 */
export function join(talk, acts) {
  const hear = (data) => {
    const message = heard(data, talk);
    if (message) acts[message.say]?.(message);
  };
  const ways = WAYS.map((open) => open(hear));
  return {
    tell: (say, fields) => {
      for (const { send } of ways) send({ say, talk, ...fields });
    },
    close: () => {
      for (const { close } of ways) close();
    },
  };
}
