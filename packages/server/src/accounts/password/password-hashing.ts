import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ServerError } from '../../platform/index.ts';
import { type Argon2Parameters, formatPhc, parsePhc } from './phc-string.ts';

/** What takes the time; tests watch it, and hold it. */
export const argon2id = promisify(argon2).bind(undefined, 'argon2id');

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
  readonly #argon2id: typeof argon2id;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(parameters: Argon2Parameters = recommendedParameters, derive = argon2id) {
    this.#parameters = parameters;
    this.#argon2id = derive;
  }

  /** A PHC string. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltLength);
    const parameters = this.#parameters;
    return formatPhc({ parameters, salt, hash: await this.#derive(password, salt, parameters, hashLength) });
  }

  /**
   * False, after the same work, also for what is no hash. That work is a hash with each of the parameters that there are:
   * those of today, and those of `others`, which are all that may be asked about. Else the time would tell that there
   * is a hash which is older than the parameters of today.
   */
  async verify(phc: string, password: string, others: readonly string[] = []): Promise<boolean> {
    const known = parsePhc(phc);
    const hashes = [known, ...others.map(parsePhc)].flatMap((hash) => hash?.parameters ?? []);
    const works = new Map(
      [this.#parameters, ...hashes].map((parameters) => [nameOf(parameters), parameters]),
    );
    let right = false;
    for (const [name, parameters] of [...works].sort(([a], [b]) => a.localeCompare(b))) {
      const own = known !== undefined && nameOf(known.parameters) === name ? known : undefined;
      const salt = own?.salt ?? randomBytes(saltLength);
      const derived = await this.#derive(password, salt, parameters, own?.hash.length ?? hashLength);
      if (own !== undefined) right = timingSafeEqual(derived, own.hash);
    }
    return right;
  }

  /** How the hashes of today begin. */
  get prefix(): string {
    return `$argon2id$v=19$${nameOf(this.#parameters)}$`;
  }

  /** It was made with other parameters than those of today: make it again while the password is known. */
  isOutdated(phc: string): boolean {
    return !phc.startsWith(this.prefix);
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
      return await this.#argon2id({
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

const nameOf = ({ memory, passes, lanes }: Argon2Parameters): string => `m=${memory},t=${passes},p=${lanes}`;

const tooBusy = (): ServerError =>
  new ServerError('server.sign-in-busy', 'too many people sign in at this moment', {
    advice: 'Try again in a few seconds.',
  });
