// What all digits of a room come to: their average, the two that are most alike, the strangest.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { meanCode, nearestPair } = await import(`./latent.js${version}`);
const { decode } = await import(`./network.js${version}`);
const { picture } = await import(`./paint.js${version}`);
const { fill } = await import(`./words.js${version}`);

/**
 * @param {Element} root
 * @param {{name: string, sight: Sight}[]} digits all of them seen
 * @param {Network} network
 * @param {Record<string, string>} labels
 */
export function showTogether(root, digits, network, labels) {
  root.classList.toggle("known", digits.length > 1);
  if (digits.length < 2) return;
  const [units, sights] = [digits[0].sight.code.length, digits.map(({ sight }) => sight)];
  const codes = new Float32Array(digits.length * units);
  for (const [i, { code }] of sights.entries()) codes.set(code, i * units);
  const show = (name, words, ...pictures) => {
    const [drawn, said] = root.querySelector(`.${name}`).children;
    for (const [i, canvas] of [...drawn.children].entries()) picture(pictures[i], null, canvas);
    if (said.textContent !== words) said.textContent = words;
  };

  const average = meanCode({ codes, units }, [...digits.keys()]);
  show("average", labels.average, decode(network.decoder, average));

  const [first, second] = nearestPair(codes, units).pair;
  const names = { first: digits[first].name, second: digits[second].name };
  const pair = [first, second].map((i) => sights[i].reconstruction);
  show("pair", fill(labels.pair, names), ...pair);

  const errors = sights.map(({ error }) => error);
  const strangest = errors.indexOf(Math.max(...errors));
  const { name } = digits[strangest];
  show("strangest", fill(labels.strangest, { name }), sights[strangest].reconstruction);
}
