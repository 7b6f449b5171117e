import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerError, syncFolder } from '../../platform/index.ts';
import type { RepositoryKeeper } from '../repository/repository-keeper.ts';

const folderName = 'damaged-packs';
const pieceBytes = 8 * 1024 * 1024;

/** Files of damaged packs byte for byte as they lie, in all their layers, for whoever can get more out of them. */
export class DamagedPacks {
  readonly #keeper: RepositoryKeeper;
  readonly #dataFolder: string;

  constructor({ keeper, dataFolder }: { keeper: RepositoryKeeper; dataFolder: string }) {
    this.#keeper = keeper;
    this.#dataFolder = dataFolder;
  }

  /** Durable when it resolves. Gives its path beneath the data folder. */
  async keep(pack: string, signal: AbortSignal): Promise<string> {
    const { storage, suffix } = await this.#keeper.openBeneathLayers();
    try {
      const file = { kind: 'data', name: pack + suffix } as const;
      const { size } = await storage.stat(file, { signal });
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        for (let offset = 0; offset < size; offset += pieceBytes) {
          const length = Math.min(pieceBytes, size - offset);
          yield await storage.read(file, { offset, length }, { signal });
        }
      };
      const name = join(folderName, `pack-${file.name}`);
      await this.#write(name, pieces());
      return name;
    } catch (cause) {
      signal.throwIfAborted();
      throw new ServerError('server.repository', `no copy of pack ${pack} could be put aside`, {
        cause,
        advice: `Nothing was changed. Make room in the platform's data folder, whose folder ${folderName} it would be in, and carry out the plan again.`,
      });
    } finally {
      await storage.close();
    }
  }

  async #write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const folder = join(this.#dataFolder, folderName);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const path = join(this.#dataFolder, name);
    const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
    try {
      await using file = await open(draft, 'wx', 0o600);
      for await (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await rename(draft, path);
    await syncFolder(path);
    await syncFolder(folder);
  }
}
