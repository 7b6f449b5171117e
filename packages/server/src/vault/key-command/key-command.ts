import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  commandGaveOtherKey,
  commandRefused,
  commandUnreachable,
  publicKeyMissing,
  wrongKey,
} from '../errors.ts';
import type { KeyHolder } from '../key-holder.ts';
import type { PublicKey } from '../public-key.ts';
import { readPublicKey } from '../public-key-file.ts';
import { wrapKey } from '../wrapping.ts';
import { type Answer, askForKey } from './run.ts';
import type { KeyCommandSettings } from './settings.ts';

/** Why nothing opens; of `other key` the program itself says that all is well. */
type Failure = Exclude<Answer, { kind: 'key' }> | { readonly kind: 'other key' };

/** Of all key commands of this process. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * A private key that only a program can use: PKCS#11, a key service. Nothing is remembered between two calls: each
 * `unwrap` is one run of the program, and who opens a secret has its data key for as long as that takes.
 */
export class KeyCommand implements KeyHolder {
  readonly settings: KeyCommandSettings;

  constructor(settings: KeyCommandSettings) {
    this.settings = settings;
  }

  /** It is made where the private key is, never here; before anything is sealed for it, it has shown that it opens. */
  async first(): Promise<PublicKey> {
    const key = await this.own();
    await this.prove(key.fingerprint);
    return key;
  }

  /** It makes none. */
  async giveUp(): Promise<void> {}

  async publicKey(fingerprint: string): Promise<PublicKey> {
    const key = await this.own();
    if (key.fingerprint !== fingerprint) throw wrongKey(fingerprint, [key.fingerprint]);
    return key;
  }

  async unwrap(fingerprint: string, wrapped: Buffer): Promise<Buffer | undefined> {
    const key = await this.publicKey(fingerprint);
    let answer = await this.#ask(key, wrapped);
    if (answer.kind === 'refused') {
      // No exit code of any program tells whether it was these bytes, or whether nothing is opened at all just now. One
      // that still opens what was wrapped a moment ago has answered the first.
      const other = await this.#trial(key);
      if (other !== undefined) throw this.#error(other);
      // A token that other processes use at the same time may have refused for that moment alone.
      answer = await this.#ask(key, wrapped);
      if (answer.kind === 'refused') return undefined;
    }
    if (answer.kind === 'key') return answer.key;
    throw this.#error(answer);
  }

  /** The public half, as its file has it now. */
  async own(): Promise<PublicKey> {
    const key = await readPublicKey(this.settings.publicKeyFile);
    if (key === undefined) throw publicKeyMissing(this.settings.publicKeyFile);
    return key;
  }

  async prove(fingerprint: string): Promise<void> {
    const failed = await this.#trial(await this.publicKey(fingerprint));
    if (failed !== undefined) throw this.#error(failed);
  }

  /** Undefined when it opens. */
  async #trial(key: PublicKey): Promise<Failure | undefined> {
    const sample = randomBytes(32);
    const answer = await this.#ask(key, wrapKey(key, sample));
    if (answer.kind !== 'key') return answer;
    const isSame = timingSafeEqual(answer.key, sample);
    answer.key.fill(0);
    if (isSame) return undefined;
    return { kind: 'other key' };
  }

  /** One run after another: tokens have few sessions, and SoftHSM is not found for a moment while another process signs in. */
  async #ask(key: PublicKey, wrapped: Buffer): Promise<Answer> {
    const mine = turn.then(() => askForKey(this.settings, key, wrapped));
    turn = mine.catch(() => undefined);
    return await mine;
  }

  #error(failure: Failure): Error {
    const { command, publicKeyFile } = this.settings;
    if (failure.kind === 'other key') return commandGaveOtherKey(command[0], publicKeyFile);
    const make = failure.kind === 'unreachable' ? commandUnreachable : commandRefused;
    return make(command[0], failure.why);
  }
}
