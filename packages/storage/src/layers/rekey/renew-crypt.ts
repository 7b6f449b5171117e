import type { Storage, StoredFile } from '../../storage.ts';
import type { AgeKeys } from '../age/age-format.ts';
import type { CryptPassword } from '../crypt/crypt-key.ts';
import { isDamage, LayerDamagedError, LayerKeyError } from '../layer-errors.ts';
import { AGE_SUFFIX, CRYPT_SUFFIX } from '../suffixes.ts';
import { withLayers } from '../with-layers.ts';
import { appendAll, hashOf, pieces, writeWhole } from './copy-file.ts';
import { nextStorage } from './next-storage.ts';
import { type RekeyOptions, type RekeyResult, rekey } from './rekey.ts';

export interface RenewKeys {
  readonly earlier: CryptPassword;
  readonly current: CryptPassword;
  readonly age?: AgeKeys | undefined;
}

/**
 * Encrypts every file anew with the current password of crypt. `base` is the storage outside all layers. What is read
 * must have the hash that is its name, and what was written is read back, before the old file goes.
 */
export async function renewCrypt(
  base: Storage,
  { earlier, current, age }: RenewKeys,
  options: RekeyOptions = {},
): Promise<RekeyResult> {
  const both = await withLayers(base, { crypt: { ...current, earlier: [earlier] }, age });
  const next = await withLayers(nextStorage(base), { crypt: current, age });
  const suffix = CRYPT_SUFFIX + (age === undefined ? '' : AGE_SUFFIX);
  const storedName = ({ kind, name }: StoredFile): StoredFile => ({ kind, name: name + suffix });
  return rekey(
    base,
    {
      storage: both,
      async needs(file) {
        // A storage of its own: that a key was proven by one file says nothing about the next one.
        const renewed = await withLayers(base, { crypt: current, age });
        try {
          await renewed.read(file, { offset: 0, length: 1 }, options);
          return false;
        } catch (error) {
          if (error instanceof LayerKeyError && error.layer === 'crypt') return true;
          if (isDamage(error)) return true;
          throw error;
        }
      },
      async write(file) {
        const hash = await writeWhole(next, file, options, async (writer) => {
          const read = await appendAll(writer, pieces(both, file, 0, options));
          if (file.kind !== 'config' && read !== file.name)
            throw new LayerDamagedError('crypt', file, base.location, 'its content does not match its name');
          return read;
        });
        if ((await hashOf(pieces(next, file, 0, options))) !== hash)
          throw new LayerDamagedError(
            'crypt',
            file,
            base.location,
            'the storage does not give back what it was given',
          );
        return storedName(file);
      },
    },
    options,
  );
}
