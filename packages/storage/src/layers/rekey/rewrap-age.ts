import type { Storage, StorageOptions, StoredFile } from '../../storage.ts';
import { filledHeader, openFileKeyOf, recipientsTag, tagOf } from '../age/age-format.ts';
import { type AgeHeader, decodeHeader, LONGEST_HEADER } from '../age/header.ts';
import type { AgeIdentity } from '../age/identity.ts';
import type { X25519Recipient } from '../age/x25519.ts';
import { LayerDamagedError, LayerKeyError } from '../layer-errors.ts';
import { HeaderError } from '../layer-format.ts';
import { AGE_SUFFIX } from '../suffixes.ts';
import { appendAll, hashOf, pieces, writeWhole } from './copy-file.ts';
import { nextStorage } from './next-storage.ts';
import { type RekeyOptions, type RekeyResult, rekey } from './rekey.ts';

export interface RewrapKeys {
  /** Who shall be able to read from now on. */
  readonly recipients: readonly X25519Recipient[];
  /** Open what is there; one of them must be able to. */
  readonly identities: readonly AgeIdentity[];
}

/**
 * Makes other recipients able to read every file of a repository: the header is written anew, the payload is copied
 * as it is. `base` is the storage outside all layers. Whoever was a recipient and kept a copy of a file can still
 * read that copy.
 */
export function rewrapAge(base: Storage, keys: RewrapKeys, options: RekeyOptions = {}): Promise<RekeyResult> {
  const wanted = recipientsTag(keys.recipients);
  const next = nextStorage(base);

  return rekey(
    base,
    {
      storage: base,
      async needs(file) {
        return file.name.endsWith(AGE_SUFFIX) && tagOf(await readAgeHeader(base, file, options)) !== wanted;
      },
      async write(file) {
        const header = await readAgeHeader(base, file, options);
        let fileKey: Buffer;
        try {
          fileKey = openFileKeyOf(header, keys.identities);
        } catch (cause) {
          throw layerError(cause, file, base.location);
        }
        const fresh = filledHeader(fileKey, keys.recipients);
        const payload = await writeWhole(next, file, options, async (writer) => {
          await writer.append(fresh);
          return appendAll(writer, pieces(base, file, header.length, options));
        });
        if ((await hashOf(pieces(next, file, fresh.length, options))) !== payload)
          throw new LayerDamagedError(
            'age',
            file,
            base.location,
            'the storage does not give back what it was given',
          );
        return file;
      },
    },
    options,
  );
}

/** Of a stored file; needs no identity. Throws `LayerDamagedError` for what is none. */
export async function readAgeHeader(
  base: Storage,
  file: StoredFile,
  options: StorageOptions,
): Promise<AgeHeader> {
  const { size } = await base.stat(file, options);
  const bytes = await base.read(file, { offset: 0, length: Math.min(size, LONGEST_HEADER) }, options);
  try {
    const header = decodeHeader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (header !== undefined) return header;
    throw new HeaderError('damaged', 'its age header is cut off');
  } catch (cause) {
    throw layerError(cause, file, base.location);
  }
}

function layerError(error: unknown, file: StoredFile, location: string): unknown {
  if (!(error instanceof HeaderError)) return error;
  return error.problem === 'no-key'
    ? new LayerKeyError('age', location, error.message, { cause: error })
    : new LayerDamagedError('age', file, location, error.message, { cause: error });
}
