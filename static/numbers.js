// Numbers as ui/text.py writes them. Pure.

/**
 * @param {number} value
 * @param {number} decimals
 * @param {string} separators of decimals and of thousands: ".," or ",."
 * @returns {string} with a minus sign, and no negative zero
 */
export function write(value, decimals, separators) {
  const digits = value.toFixed(decimals).replace(/^-(?=[0.]*$)/, "");
  return digits.replace("-", "\u2212").replace(".", separators[0]);
}

/** @type {(value: number, separators: string) => string} 1000 is "1,000"; not below zero */
export const whole = (value, separators) =>
  String(value).replace(/\B(?=(\d{3})+$)/g, separators[1]);

/** @type {(value: number, separators: string) => string} with as many decimals as it has */
export const plain = (value, separators) => String(value).replace(".", separators[0]);

/** @param {number} share 0.634 is "63%" */
export const percent = (share) => `${Math.round(100 * share)}%`;
