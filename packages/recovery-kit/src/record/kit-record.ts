/** What is known of the kits of a repository where they were made: no secret, one small file a repository. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RecoveryKitError } from '../errors.ts';

export interface KitRecord {
  readonly version: 1;
  readonly location: string;
  readonly set: string;
  readonly madeAt: string;
  readonly checksums: Readonly<Record<string, string>>;
  readonly layers: readonly string[];
  readonly fingerprints: Readonly<Record<string, string>>;
  /** The files below `keys/`, whose change is a change of the password or of who has one. */
  readonly keyFiles: readonly string[];
  readonly verified?: {
    readonly at: string;
    readonly snapshot: string;
    readonly files: number;
    readonly bytes: number;
  };
}

/** undefined when no kit was ever made. Throws `RecoveryKitError` for a file that cannot be read or understood. */
export async function readKitRecord(path: string): Promise<KitRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isRecord(record)) throw new TypeError('it is not one of this version');
    return record;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RecoveryKitError('kit.record', `the record of recovery kits ${path} cannot be used`, {
      cause,
      advice: 'Move it away, make new kits with octobox kit create, and prove them with octobox kit verify.',
    });
  }
}

function isRecord(value: unknown): value is KitRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { version, location, set, madeAt, layers, fingerprints, keyFiles, verified } =
    value as Partial<KitRecord>;
  const isTime = (text: unknown): boolean => typeof text === 'string' && !Number.isNaN(Date.parse(text));
  return (
    version === 1 &&
    typeof location === 'string' &&
    typeof set === 'string' &&
    isTime(madeAt) &&
    Array.isArray(layers) &&
    typeof fingerprints === 'object' &&
    fingerprints !== null &&
    Array.isArray(keyFiles) &&
    (verified === undefined || isTime(verified?.at))
  );
}

/** Readable for its owner only; whole or not at all. */
export async function writeKitRecord(path: string, record: KitRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await using file = await open(fresh, 'wx', 0o600);
    await file.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    await file.sync();
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  await rename(fresh, path);
}
