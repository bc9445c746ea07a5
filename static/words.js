// Sentences with something to be filled in. Pure.

/**
 * @param {string} words "{name} waits"
 * @param {Record<string, unknown>} values
 */
export const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
