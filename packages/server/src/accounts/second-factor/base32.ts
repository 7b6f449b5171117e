/** The alphabet of RFC 4648, section 6: authenticator apps take secrets in it. */
export const rfc4648 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** That of Crockford: no two of its characters look alike, so that people copy them right. */
export const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

/** Five bits a character, without padding; what is left of the last one is zeros. */
export function encodeBase32(bytes: Uint8Array, alphabet: string): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31];
}

/** Bits beyond the last whole byte are dropped. Undefined for a text with another character in it. */
export function decodeBase32(text: string, alphabet: string): Buffer | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes);
}
