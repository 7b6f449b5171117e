import { wrongKey } from './errors.ts';
import { KeyCommand } from './key-command/key-command.ts';
import type { KeyCommandSettings } from './key-command/settings.ts';
import type { KeyFile } from './key-file.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';
import type { RotatableKeys } from './rotatable-keys.ts';

export interface KeyCommands {
  /** Has the key that secrets are to be sealed for; absent: the key file has it. */
  readonly keyCommand?: KeyCommandSettings | undefined;
  /** Had it before; opens until a rotation has gone over to the other. */
  readonly formerKeyCommand?: KeyCommandSettings | undefined;
}

/**
 * Every key that this machine may ask: the files of the data folder, and the commands of the configuration. Which of
 * them is the next one is what the configuration says:
 *
 *     keyCommand             a rotation goes over to that command's key, and the key files are removed
 *     no keyCommand          a rotation makes a new key file
 *     formerKeyCommand       opens what is wrapped for its key still
 */
export class KeyRing implements RotatableKeys {
  readonly #file: KeyFile;
  readonly #wanted: KeyCommand | undefined;
  readonly #commands: readonly KeyCommand[];

  constructor(file: KeyFile, { keyCommand, formerKeyCommand }: KeyCommands = {}) {
    this.#file = file;
    this.#wanted = keyCommand === undefined ? undefined : new KeyCommand(keyCommand);
    const former = formerKeyCommand === undefined ? undefined : new KeyCommand(formerKeyCommand);
    this.#commands = [this.#wanted, former].filter((each) => each !== undefined);
  }

  get path(): string {
    return this.#file.path;
  }

  /** The file that has the next key, or of a key command's the public half. */
  get nextPath(): string {
    return this.#wanted?.settings.publicKeyFile ?? this.#file.nextPath;
  }

  async first(): Promise<PublicKey> {
    return await (this.#wanted ?? this.#file).first();
  }

  async giveUp(first: PublicKey): Promise<void> {
    await this.#file.giveUp(first);
  }

  async publicKey(fingerprint: string): Promise<PublicKey> {
    return await (await this.#holderOf(fingerprint)).publicKey(fingerprint);
  }

  async unwrap(fingerprint: string, wrapped: Buffer): Promise<Buffer | undefined> {
    return await (await this.#holderOf(fingerprint)).unwrap(fingerprint, wrapped);
  }

  async prove(fingerprint: string): Promise<void> {
    await (await this.#holderOf(fingerprint)).prove(fingerprint);
  }

  async fingerprints(): Promise<string[]> {
    const own = await Promise.all(this.#commands.map((command) => command.own()));
    return [...own.map(({ fingerprint }) => fingerprint), ...(await this.#file.fingerprints())];
  }

  async next(): Promise<PublicKey | undefined> {
    // A command's key is always there: that a rotation to it is under way is in the database alone.
    return this.#wanted === undefined ? await this.#file.next() : undefined;
  }

  async makePair(): Promise<PrivateKey | undefined> {
    if (this.#wanted === undefined) return await this.#file.makePair();
    await this.#wanted.prove((await this.#wanted.own()).fingerprint);
    return undefined;
  }

  async offerNext(pair: PrivateKey | undefined): Promise<PublicKey> {
    return await (this.#wanted?.own() ?? this.#file.offerNext(pair));
  }

  async adoptNext(fingerprint: string, retired: ReadonlySet<string>): Promise<void> {
    if (this.#wanted === undefined) await this.#file.adoptNext(fingerprint);
    else await this.#file.removeKeys(retired);
  }

  async #holderOf(fingerprint: string): Promise<KeyCommand | KeyFile> {
    const known: string[] = [];
    for (const command of this.#commands) {
      const own = await command.own();
      if (own.fingerprint === fingerprint) return command;
      known.push(own.fingerprint);
    }
    // Where commands are named, that there is no key file is no fault of its own.
    if (known.length > 0 && (await this.#file.fingerprints()).length === 0)
      throw wrongKey(fingerprint, known);
    return this.#file;
  }
}
