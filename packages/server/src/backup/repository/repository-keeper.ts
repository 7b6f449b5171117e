import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MasterKey, Repository } from '@octobox/repository';
import { RepositoryExistsError, RepositoryMissingError } from '@octobox/repository/errors';
import { assertKeysDiffer, FileMissingError, type Storage, type StorageMetrics } from '@octobox/storage';
import { type Config, ServerError } from '../../platform/index.ts';
import { RepositoryLayers } from './repository-layers.ts';

export type RepositorySettings = Config['repository'];

/** Holds the platform's repository: finds its password, makes it once, and remembers the opened key. */
export class RepositoryKeeper {
  readonly #settings: RepositorySettings;
  readonly #layers: RepositoryLayers;
  #keys: MasterKey | undefined;
  #initialising: Promise<{ created: boolean }> | undefined;
  /** Who derives the key now; settles in any case. */
  #deriving: Promise<void> | undefined;

  constructor(settings: RepositorySettings) {
    this.#settings = settings;
    this.#layers = new RepositoryLayers(settings);
  }

  /** Makes the repository, and its password when nobody gave one; an existing one is left as it is. */
  init(): Promise<{ created: boolean }> {
    this.#initialising ??= this.#init().finally(() => {
      this.#initialising = undefined;
    });
    return this.#initialising;
  }

  async #init(): Promise<{ created: boolean }> {
    try {
      const repository = await this.open();
      await repository.close();
      return { created: false };
    } catch (error) {
      if (!(error instanceof RepositoryMissingError)) throw error;
    }
    const password = await this.#passwordForNew();
    await this.#layers.prepareNew();
    const storage = await this.#layers.open();
    try {
      assertKeysDiffer({ repositoryPassword: password, ...(await this.#layers.keys()) });
      const { Repository } = await engine();
      const repository = await Repository.init(storage, { password });
      this.#keys = repository.keys;
      await repository.close();
      return { created: true };
    } catch (error) {
      await storage.close();
      // Another process was faster; what it made is ours as well.
      if (error instanceof RepositoryExistsError) return { created: false };
      throw error;
    }
  }

  /**
   * A fresh handle; its user closes it. Only the first one pays for the key derivation; those who come meanwhile wait for
   * it, because each derivation takes a tenth of a second of a processor and 45 MB.
   * @param metrics counts what is asked of the place
   */
  async open(signal?: AbortSignal, metrics?: StorageMetrics): Promise<Repository> {
    while (this.#keys === undefined && this.#deriving !== undefined) await unless(signal, this.#deriving);
    const opening = this.#open(signal, metrics);
    if (this.#keys === undefined) {
      const deriving = opening.then(
        () => undefined,
        () => undefined,
      );
      this.#deriving = deriving;
      // Whoever failed leaves the next one to try.
      void deriving.then(() => {
        this.#deriving = undefined;
      });
    }
    return await opening;
  }

  async #open(signal?: AbortSignal, metrics?: StorageMetrics): Promise<Repository> {
    const storage = await this.#layers.open({ metrics });
    try {
      const password = this.#keys === undefined ? await this.#passwordOf(storage) : '';
      const { Repository } = await engine();
      const repository = await Repository.open(storage, { password, keys: this.#keys, signal });
      this.#keys = repository.keys;
      return repository;
    } catch (error) {
      await storage.close();
      throw error;
    }
  }

  /** For files as they lie there, in all their layers; the user closes the storage. */
  async openBeneathLayers(): Promise<{ readonly storage: Storage; readonly suffix: string }> {
    return await this.#layers.openBeneath();
  }

  /** Whether a snapshot's file is there; needs no password. Rejects when the storage cannot be reached. */
  async hasSnapshot(id: string, signal?: AbortSignal): Promise<boolean> {
    const storage = await this.#layers.open({ signal });
    try {
      await storage.stat({ kind: 'config', name: '' }, { signal });
      await storage.stat({ kind: 'snapshot', name: id }, { signal });
      return true;
    } catch (error) {
      if (error instanceof FileMissingError && error.file.kind === 'snapshot') return false;
      throw error;
    } finally {
      await storage.close();
    }
  }

  async #passwordOf(storage: Storage): Promise<string> {
    const password = await this.#readPassword();
    if (password !== undefined) return password;
    // A missing repository is the better news: it can be made, with a password of its own.
    await storage.stat({ kind: 'config', name: '' }).catch((error: unknown) => {
      throw new RepositoryMissingError(storage.location, { cause: error });
    });
    throw this.#passwordMissing();
  }

  async #passwordForNew(): Promise<string> {
    const existing = await this.#readPassword();
    if (existing !== undefined) return existing;
    const { passwordFile, ownPassword } = this.#settings;
    if (!ownPassword) throw this.#passwordMissing();
    const password = randomBytes(32).toString('base64url');
    await mkdir(dirname(passwordFile), { recursive: true, mode: 0o700 });
    const file = await open(passwordFile, 'wx', 0o600);
    try {
      await file.writeFile(`${password}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(passwordFile, 0o600);
    return password;
  }

  async #readPassword(): Promise<string | undefined> {
    const { passwordFile } = this.#settings;
    let text: string;
    try {
      text = await readFile(passwordFile, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ServerError('server.repository', `the password file ${passwordFile} cannot be read`, {
        cause: error,
        advice: 'Let this user read it (mode 0600), or name another: RESTIC_PASSWORD_FILE.',
      });
    }
    // As restic does: the line's end does not belong to the password.
    const password = text.replace(/[\r\n]+$/, '');
    if (password === '') {
      throw new ServerError('server.repository', `the password file ${passwordFile} is empty`, {
        advice: 'Put the repository password into it, on one line.',
      });
    }
    return password;
  }

  #passwordMissing(): ServerError {
    return new ServerError(
      'server.repository',
      `the password file ${this.#settings.passwordFile} does not exist`,
      { advice: 'Put it back from where you keep a copy: without it no backup can be read.' },
    );
  }
}

/** Loaded when the repository is first needed: a server answers before that. */
const engine = () => import('@octobox/repository/store');

/** Waits, but no longer than somebody wants it. @throws the signal's reason */
async function unless(signal: AbortSignal | undefined, waiting: Promise<void>): Promise<void> {
  if (signal === undefined) return await waiting;
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    void waiting.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
