/** A storage for crash tests: at a chosen change it "loses power", before or after that change took effect. */
import {
  type FileKind,
  type FileWriter,
  MemoryStorage,
  type Storage,
  type StorageOptions,
  type StoredFile,
} from '@octobox/storage';

export class PowerLostError extends Error {}

export class CrashingStorage extends MemoryStorage {
  #left = Number.POSITIVE_INFINITY;
  #off = false;
  #takesEffect = false;

  /** The change after `changes` others does not return; with `takesEffect` it has happened all the same. */
  crashAfter(changes: number, takesEffect: boolean): void {
    this.#left = changes;
    this.#takesEffect = takesEffect;
  }

  /** As after a restart. */
  recover(): void {
    this.#left = Number.POSITIVE_INFINITY;
    this.#off = false;
  }

  async #change(effect: () => Promise<void>): Promise<void> {
    if (this.#off) throw new PowerLostError('the power is off');
    if (this.#left > 0) {
      this.#left--;
      return await effect();
    }
    this.#off = true;
    if (this.#takesEffect) await effect();
    throw new PowerLostError('the power went');
  }

  override async remove(file: StoredFile, options?: StorageOptions): Promise<void> {
    await this.#change(() => super.remove(file, options));
  }

  override async writer(kind: FileKind, options?: StorageOptions): Promise<FileWriter> {
    const writer = await super.writer(kind, options);
    return {
      append: (bytes) => writer.append(bytes),
      commit: (name) => this.#change(() => writer.commit(name)),
      abort: () => writer.abort(),
    };
  }
}

/** Copies every file to another storage, that a real restic can read, for instance. */
export async function copyRepository(from: Storage, to: Storage): Promise<void> {
  await to.create();
  for (const kind of ['config', 'key', 'snapshot', 'index', 'data'] as const) {
    const names = kind === 'config' ? [''] : (await Array.fromAsync(from.list(kind))).map(({ name }) => name);
    for (const name of names) {
      const writer = await to.writer(kind);
      await writer.append(await from.read({ kind, name }));
      await writer.commit(name);
    }
  }
}
