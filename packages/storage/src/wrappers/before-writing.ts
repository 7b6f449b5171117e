import type { Storage } from '../storage.ts';

/** Looks once, before anything but a lock is written: what it finds wrong is the failure of each write. */
export function beforeWriting(storage: Storage, look: () => Promise<void>): Storage {
  const write = storage.writer.bind(storage);
  let looked: Promise<void> | undefined;
  storage.writer = async (kind, options) => {
    if (kind !== 'lock') {
      looked ??= look();
      await looked;
    }
    return await write(kind, options);
  };
  return storage;
}
