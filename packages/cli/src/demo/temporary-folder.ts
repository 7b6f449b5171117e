import { rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder in which everything of one demo lies. Disposing it removes it; so does the end of the
 * process in any way that a process can notice, also after a second Ctrl-C.
 */
export class TemporaryFolder implements AsyncDisposable {
  readonly path: string;
  readonly #keep: boolean;
  readonly #lastResort = () => rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });

  private constructor(path: string, keep: boolean) {
    this.path = path;
    this.#keep = keep;
    if (!keep) process.once('exit', this.#lastResort);
  }

  static async create(options: { keep: boolean }): Promise<TemporaryFolder> {
    const path = await mkdtemp(join(tmpdir(), 'octobox-demo-'));
    // Others may pass through it but not look inside: as root, PostgreSQL runs as another user.
    await chmod(path, 0o711);
    return new TemporaryFolder(path, options.keep);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#keep) return;
    await rm(this.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    process.off('exit', this.#lastResort);
  }
}
