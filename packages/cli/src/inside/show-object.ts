import { createHash } from 'node:crypto';
import { BlobMissingError } from '@octobox/repository/errors';
import { type Repository, readStoredFile, uniquePrefix } from '@octobox/repository/store';
import type { FileKind } from '@octobox/storage';
import { UsageError } from '../errors.ts';
import { snapshotContentJson } from '../output/snapshot-json.ts';
import type { Cli } from '../verb.ts';

export const SHOWN_OBJECTS = [
  'config',
  'index',
  'snapshot',
  'key',
  'masterkey',
  'lock',
  'pack',
  'blob',
  'tree',
] as const;
export type ShownObject = (typeof SHOWN_OBJECTS)[number];

export const isShown = (kind: string): kind is ShownObject => SHOWN_OBJECTS.some((one) => one === kind);

/** Writes one object as `cat` shows it. */
export async function showObject(
  { out }: Cli,
  repository: Repository,
  kind: ShownObject,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal };
  const pretty = (value: unknown): Promise<void> => out.print(JSON.stringify(value, undefined, 2));
  switch (kind) {
    case 'config':
      return pretty({
        version: repository.version,
        id: repository.id,
        chunker_polynomial: repository.polynomial.toString(16),
      });
    case 'masterkey':
      return pretty(masterKeyJson(repository.keys));
    case 'index': {
      const json = await repository.readUnpacked('index', await wholeId(repository, 'index', id), options);
      // Some writers end it with a line feed.
      return out.print(json.at(-1) === 0x0a ? json.subarray(0, -1) : json);
    }
    case 'snapshot':
      return pretty(snapshotContentJson(await repository.snapshot(id, {}, options)));
    case 'lock':
      return pretty(
        parsed(await repository.readUnpacked('lock', await wholeId(repository, 'lock', id), options)),
      );
    case 'key': {
      const name = await wholeId(repository, 'key', id);
      return pretty(parsed(await readStoredFile(repository.storage, { kind: 'key', name }, options)));
    }
    case 'pack':
      return writePack(out, repository, await wholeId(repository, 'data', id), signal);
    case 'blob':
      return out.write(await blob(repository, id, signal));
    case 'tree': {
      const { tree } = await repository.snapshot(id, {}, options);
      await repository.loadIndex(options);
      return out.write(await repository.loadBlob('tree', Buffer.from(tree, 'hex'), options));
    }
  }
}

const parsed = (json: Buffer): unknown => JSON.parse(json.toString('utf8'));

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The bits of r that Poly1305 uses (RFC 8439, 2.5), which are all that restic keeps. */
const clamped = (r: Uint8Array): Uint8Array =>
  r.map((byte, at) => (at % 4 === 3 ? byte & 15 : at % 4 === 0 && at > 0 ? byte & 252 : byte));

const masterKeyJson = ({ macK, macR, encrypt }: Repository['keys']): object => ({
  mac: { k: base64(macK), r: base64(clamped(macR)) },
  encrypt: base64(encrypt),
});

const isWhole = (id: string): boolean => /^[0-9a-f]{64}$/.test(id);

async function wholeId(repository: Repository, kind: FileKind, id: string): Promise<string> {
  return isWhole(id) ? id : uniquePrefix(id, (await repository.listFiles(kind)).keys(), kindNames[kind]);
}

const kindNames: Readonly<Record<FileKind, string>> = {
  config: 'config',
  key: 'key',
  lock: 'lock',
  snapshot: 'snapshot',
  index: 'index file',
  data: 'pack',
};

async function blob(repository: Repository, id: string, signal: AbortSignal): Promise<Buffer> {
  if (!isWhole(id))
    throw new UsageError(`${id} is not a whole id`, { advice: 'Give all 64 digits of the blob.' });
  const index = await repository.loadIndex({ signal });
  const bytes = Buffer.from(id, 'hex');
  for (const type of ['data', 'tree'] as const) {
    if (index.has(type, bytes)) return await repository.loadBlob(type, bytes, { signal });
  }
  throw new BlobMissingError('data', id);
}

const piece = 8 * 1024 * 1024;

/** As it is stored, damaged or not: what is wrong with it can only be seen by looking at it. */
async function writePack(
  out: Cli['out'],
  repository: Repository,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const file = { kind: 'data', name } as const;
  const { size } = await repository.storage.stat(file, { signal });
  const hash = createHash('sha256');
  for (let offset = 0; offset < size; offset += piece) {
    const range = { offset, length: Math.min(piece, size - offset) };
    const bytes = await repository.storage.read(file, range, { signal });
    hash.update(bytes);
    await out.write(bytes);
  }
  const found = hash.digest('hex');
  if (found !== name) out.say(`octobox: warning: the pack is damaged: its content has the hash ${found}`);
}
