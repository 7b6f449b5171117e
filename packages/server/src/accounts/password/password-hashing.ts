import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ServerError } from '../../platform/index.ts';
import { type Argon2Parameters, formatPhc, parsePhc } from './phc-string.ts';

const derive = promisify(argon2);

/** The second recommended option of RFC 9106, section 4: memory is the constraint, 64 MiB. */
export const recommendedParameters: Argon2Parameters = { memory: 65_536, passes: 3, lanes: 4 };

const saltLength = 16;
const hashLength = 32;
/** Each takes `memory`; who comes when so many wait is told to come again, so that a flood costs bounded memory. */
const atOnce = 2;
const mostWaiting = 32;

/** Argon2id. One for the whole process, since it bounds how much memory passwords take. */
export class PasswordHashing {
  readonly #parameters: Argon2Parameters;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(parameters: Argon2Parameters = recommendedParameters) {
    this.#parameters = parameters;
  }

  /** A PHC string. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltLength);
    const parameters = this.#parameters;
    return formatPhc({ parameters, salt, hash: await this.#derive(password, salt, parameters, hashLength) });
  }

  /** False, after the work of one hash, also for what is no hash. */
  async verify(phc: string, password: string): Promise<boolean> {
    const known = parsePhc(phc);
    if (known === undefined) {
      await this.hash(password);
      return false;
    }
    const { salt, parameters, hash } = known;
    return timingSafeEqual(await this.#derive(password, salt, parameters, hash.length), hash);
  }

  /** It was made with other parameters than those of today: make it again while the password is known. */
  isOutdated(phc: string): boolean {
    const parameters = parsePhc(phc)?.parameters;
    const { memory, passes, lanes } = this.#parameters;
    return parameters?.memory !== memory || parameters.passes !== passes || parameters.lanes !== lanes;
  }

  async #derive(
    password: string,
    salt: Buffer,
    { memory, passes, lanes }: Argon2Parameters,
    tagLength: number,
  ): Promise<Buffer> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= mostWaiting) throw tooBusy();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      // NFKC as NIST SP 800-63B-4 (3.1.1.2) asks: another keyboard may compose the same characters otherwise.
      const message = Buffer.from(password.normalize('NFKC'), 'utf8');
      return await derive('argon2id', {
        message,
        nonce: salt,
        parallelism: lanes,
        tagLength,
        memory,
        passes,
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

const tooBusy = (): ServerError =>
  new ServerError('server.sign-in-busy', 'too many people sign in at this moment', {
    advice: 'Try again in a few seconds.',
  });
