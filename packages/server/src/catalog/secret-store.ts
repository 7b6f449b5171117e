import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerError } from '../platform/index.ts';

/** One file per source, mode 0600, holding its connection password and nothing else. */
export class SecretStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Durable when it resolves; never a half-written file under the name. */
  async write(sourceId: string, secret: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(sourceId);
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(secret);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    // Without this a power cut may bring the file before it back.
    const folder = await open(this.#folder);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  /** undefined when the source has no password. */
  async read(sourceId: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(sourceId), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new ServerError('server.invalid', `the password of a source cannot be read`, {
        cause: error,
        advice: `Let this user read ${this.#path(sourceId)} (mode 0600).`,
      });
    }
  }

  async remove(sourceId: string): Promise<void> {
    await rm(this.#path(sourceId), { force: true });
  }

  #path(sourceId: string): string {
    return join(this.#folder, sourceId);
  }
}
