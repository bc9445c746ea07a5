// What is said in a room, as in hub/protocol.py, whose table it is. Pure. tests/static holds it to
// Python's judgement.

/**
 * Tell which messages are in a table.
 * @param {{kinds: object, messages: object}} table `protocol.as_json()`, or some of it
 * @returns {(message: unknown, sender: string) => boolean} is it one of this sender's?
 */
export function checker({ kinds, messages }) {
  const fits = new Map(Object.entries(kinds).map(([name, kind]) => [name, test(kind)]));
  const fields = new Map(
    Object.entries(messages).map(([name, message]) => [
      name,
      Object.entries(message.fields).map(([field, kind]) => ({
        name: field.replace("?", ""),
        optional: field.endsWith("?"),
        fits: fits.get(kind),
      })),
    ]),
  );
  return (message, sender) => {
    const asked = fields.get(message?.say);
    if (!asked || messages[message.say].sender !== sender) return false;
    const has = (name) => Object.hasOwn(message, name);
    return (
      Object.keys(message).length === 1 + asked.filter(({ name }) => has(name)).length &&
      asked.every(({ name, optional, fits }) => (has(name) ? fits(message[name]) : optional))
    );
  };
}

function test({ pattern, range, words }) {
  if (pattern) {
    const whole = new RegExp(`^(?:${pattern})$`, "u"); // as in Python, a character is a code point
    return (value) => typeof value === "string" && whole.test(value);
  }
  if (words) return (value) => words.includes(value);
  if (range) {
    return (value) => Number.isInteger(value) && range[0] <= value && value <= range[1];
  }
  return (value) => typeof value === "boolean";
}
