/** What this machine knows of the kits of a repository: no secret, one small file a repository. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { keyFolderOf } from '@octobox/storage';
import type { Environment } from '../environment.ts';
import { CliError } from '../errors.ts';

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

/** Beside the keyring, under the same name. */
export function recordFile(location: string, env: Environment): string {
  const folder = keyFolderOf(location, env.all).path;
  return join(dirname(dirname(folder)), 'kits', `${basename(folder)}.json`);
}

/** undefined when no kit was ever made here. */
export async function readKitRecord(location: string, env: Environment): Promise<KitRecord | undefined> {
  const path = recordFile(location, env);
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as KitRecord;
    if (record.version !== 1 || typeof record.set !== 'string') throw new TypeError('unknown version');
    return record;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliError('cli.file-unreadable', `the record of recovery kits ${path} cannot be used`, {
      cause,
      advice: 'Move it away and make new kits.',
    });
  }
}

export async function writeKitRecord(record: KitRecord, env: Environment): Promise<void> {
  const path = recordFile(record.location, env);
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
