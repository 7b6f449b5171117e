/** The beginning of a mirror: its keys, then its config; and the proof that what lies there is a mirror. */
import type { Storage } from '@octobox/storage';
import { FileExistsError, FileMissingError, StorageError } from '@octobox/storage/errors';
import { FormatError, UnauthenticatedError } from '../errors.ts';
import { decodeConfig } from '../format/config-file.ts';
import { open } from '../format/sealing/crypto.ts';
import { Repository } from '../store/repository.ts';
import { MirrorMismatchError } from './mirror-errors.ts';
import type { MirrorPlan } from './mirror-plan.ts';

const CONFIG = { kind: 'config', name: '' } as const;

/**
 * Reads only. Resolves to whether there is a config file already.
 * @throws MirrorMismatchError when the target is another repository, or what is left of one
 */
export async function assertMirror(
  source: Repository,
  target: Storage,
  plan: MirrorPlan,
  signal?: AbortSignal,
): Promise<boolean> {
  const mismatch = (found: string) =>
    new MirrorMismatchError(source.storage.location, target.location, found);
  if (target.location === source.storage.location) throw itself(source, target);
  const there = await readConfig(target, signal);
  if (there === undefined) {
    const { key, snapshot } = plan.kinds;
    if (key.missing.length + snapshot.missing.length === 0) return false;
    throw mismatch('it has no config file, and keys or snapshots that the source does not have');
  }
  const here = await source.storage.read(CONFIG, undefined, { signal });
  if (Buffer.compare(here, there) === 0) return true;
  try {
    const config = decodeConfig(open(source.keys, there));
    if (config.id === source.id && config.version === source.version) return true;
    if (config.id !== source.id) throw mismatch('its config names another repository');
    throw mismatch(`it is of format version ${config.version}, the source of ${source.version}`);
  } catch (error) {
    if (error instanceof UnauthenticatedError || error instanceof FormatError) {
      throw mismatch('its config cannot be opened with the key of the source');
    }
    throw error;
  }
}

const itself = (source: Repository, target: Storage): MirrorMismatchError =>
  new MirrorMismatchError(source.storage.location, target.location, 'it is the very same place');

/**
 * A place has many spellings (links, host names, mounts), but one set of locks; they are never mirrored.
 * To be called with a lock on the target.
 * @throws MirrorMismatchError when the target is the source: a second copy that is none
 */
export async function assertElsewhere(
  source: Repository,
  target: Storage,
  signal: AbortSignal,
): Promise<void> {
  const there = new Set<string>();
  for await (const { name } of target.list('lock', { signal })) there.add(name);
  for await (const { name } of source.storage.list('lock', { signal }))
    if (there.has(name)) throw itself(source, target);
}

async function readConfig(storage: Storage, signal?: AbortSignal): Promise<Buffer | undefined> {
  try {
    const bytes = await storage.read(CONFIG, undefined, { signal });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    if (error instanceof FileMissingError) return undefined;
    if (error instanceof StorageError && error.code === 'storage.missing') return undefined;
    throw error;
  }
}

/** Copies the config file, which has no hash for a name; the keys are there before it. */
export async function copyConfig(source: Repository, target: Storage, signal: AbortSignal): Promise<void> {
  const bytes = await source.storage.read(CONFIG, undefined, { signal });
  // Damage must not be spread: it is opened before it is written.
  decodeConfig(open(source.keys, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  const writer = await target.writer('config', { signal });
  try {
    await writer.append(bytes);
    await writer.commit('');
  } catch (error) {
    await writer.abort();
    if (!(error instanceof FileExistsError)) throw error;
  }
}

/** The mirror as a repository of its own, opened with the keys of the source. */
export const openMirror = (source: Repository, target: Storage, signal?: AbortSignal): Promise<Repository> =>
  Repository.open(target, { password: '', keys: source.keys, signal });
