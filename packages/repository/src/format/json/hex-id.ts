/** Ids as they stand in JSON: 64 lower-case hex digits among other bytes, read without a string of their own. */

/** Digits of an id. */
export const HEX_ID = 64;

/** The value of each byte that is a lower-case hex digit, and 255. */
const DIGITS = new Uint8Array(256).fill(255);
for (let value = 0; value < 16; value++) DIGITS[value.toString(16).charCodeAt(0)] = value;

/** Whether an id stands there. */
export function isHexId(text: Buffer, at: number): boolean {
  let seen = 0;
  for (let i = at; i < at + HEX_ID; i++) seen |= DIGITS[text[i] ?? 0] ?? 255;
  return seen < 16;
}

/** Reads the 32 bytes of the id that stands there. False when none does; `id` then holds nothing of use. */
export function readHexId(text: Buffer, at: number, id: Uint8Array): boolean {
  let seen = 0;
  for (let i = 0; i < HEX_ID / 2; i++) {
    const high = DIGITS[text[at + 2 * i] ?? 0] ?? 255;
    const low = DIGITS[text[at + 2 * i + 1] ?? 0] ?? 255;
    seen |= high | low;
    id[i] = (high << 4) | low;
  }
  return seen < 16;
}
