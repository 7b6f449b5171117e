/**
 * A hash of Argon2id with its parameters as one text, `$argon2id$v=19$m=65536,t=3,p=4$salt$hash`: the PHC string
 * format (github.com/P-H-C/phc-string-format), of it what Argon2id needs. Pure and length-checked.
 */

export interface Argon2Parameters {
  /** KiB */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface PhcHash {
  readonly parameters: Argon2Parameters;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const pattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

export const formatPhc = ({ parameters: { memory, passes, lanes }, salt, hash }: PhcHash): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${base64(salt)}$${base64(hash)}`;

/** Undefined when it is no such hash, or its work is more than a server should do for a text in a table. */
export function parsePhc(text: string): PhcHash | undefined {
  const [, memory, passes, lanes, salt, hash] = pattern.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  const parameters = { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  if (parameters.lanes < 1 || parameters.passes < 1 || parameters.memory < 8 * parameters.lanes)
    return undefined;
  if (parameters.memory > most.memory || parameters.passes > most.passes || parameters.lanes > most.lanes) {
    return undefined;
  }
  return { parameters, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
}

const most: Argon2Parameters = { memory: 1_048_576, passes: 32, lanes: 16 };

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
