// What has happened beside the page that is open. The Python side is ui/components/announce.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { say } = await import(`./status.js${version}`);

let said = null; // also on the page before: who goes on without an answer is not told again

export default function announce({ data: { sentence } }) {
  if (sentence !== said) say(sentence);
  said = sentence;
}
