/**
 * Hashes of users' passwords: Argon2id as a PHC string (RFC 9106; parameters of OWASP's password storage
 * cheat sheet), and bcrypt as Apache's `htpasswd -B` writes it.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { compare } from 'bcryptjs';

interface Argon2Cost {
  /** KiB */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const COST: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 };
const TAG_BYTES = 32;
const ARGON2ID =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;
/** Above 14 one look at a password takes seconds, and a few logins would stop the server. */
const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

export const isPasswordHash = (text: string): boolean => ARGON2ID.test(text) || BCRYPT.test(text);

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const derive = (password: string, nonce: Buffer, cost: Argon2Cost, tagLength: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parameters = { ...cost, message: Buffer.from(password, 'utf8'), nonce, tagLength };
    argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });

/** A new Argon2id hash, with a salt of its own. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, salt, COST, TAG_BYTES);
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(salt)}$${base64(tag)}`;
}

/** Whether the password belongs to the hash; takes as long for a wrong one as for the right one. */
export async function isPasswordOf(hash: string, password: string): Promise<boolean> {
  const parts = ARGON2ID.exec(hash);
  if (parts === null) return BCRYPT.test(hash) && (await compare(password, hash));
  const [, memory, passes, parallelism, salt = '', tag = ''] = parts;
  const expected = Buffer.from(tag, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  return timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64'), cost, expected.length),
    expected,
  );
}
