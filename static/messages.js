// What is said in a room, as in hub/protocol.py: the table comes from there (`as_json`). Pure.
// tests/static holds it to Python's judgement.

/**
 * @typedef {object} Table
 * @property {Record<string, {pattern?: string, range?: number[], words?: string[]}>} kinds of fields
 * @property {Record<string, {sender: string, fields: Record<string, string>}>} messages
 */

/**
 * Tell which messages are in a table.
 * @param {Table} table
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
