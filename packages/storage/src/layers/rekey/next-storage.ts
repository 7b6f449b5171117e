import { NEXT } from '../../names.ts';
import type {
  ByteRange,
  FileWriter,
  ListedFile,
  Storage,
  StorageOptions,
  StoredFile,
} from '../../storage.ts';

const next = ({ kind, name }: StoredFile): StoredFile => ({ kind, name: name + NEXT });

/** The files that are to take the place of others: the same names, and behind them `.next`. It lists none. */
export function nextStorage(base: Storage): Storage {
  return {
    location: base.location,
    create: () => base.create(),
    async stat(file: StoredFile, options?: StorageOptions): Promise<ListedFile> {
      const { size } = await base.stat(next(file), options);
      return { name: file.name, size };
    },
    read: (file: StoredFile, range?: ByteRange, options?: StorageOptions) =>
      base.read(next(file), range, options),
    async writer(kind, options): Promise<FileWriter> {
      const writer = await base.writer(kind, options);
      return {
        append: (bytes) => writer.append(bytes),
        commit: (name) => writer.commit(name + NEXT),
        abort: () => writer.abort(),
      };
    },
    async *list(): AsyncIterable<ListedFile> {},
    remove: (file, options) => base.remove(next(file), options),
    close: () => base.close(),
  };
}
