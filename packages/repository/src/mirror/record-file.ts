/**
 * A mirror's record as a file: a line of JSON, then one line for each missing object, so that it is written and read
 * in pieces however many there are. Replaced as a whole.
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { RepositoryError } from '../errors.ts';
import { emptyRecord, type MirrorRecord, type MissingObject, objectKey } from './mirror-record.ts';

const FORMAT = 'octobox-mirror-1';
const LINES_AT_ONCE = 4096;
const LINE = /^(key|data|index|snapshot) ([0-9a-f]{64}) (\d+)( held)?$/;

/**
 * The record of a repository; an empty one when there is none yet, or when it is of another repository.
 * @throws RepositoryError when the file cannot be read or is damaged: a new beginning is for a person to decide
 */
export async function readMirrorRecord(path: string, repository: string): Promise<MirrorRecord> {
  const missing = new Map<string, MissingObject>();
  let head: Partial<Record<string, unknown>> | undefined;
  try {
    const lines = createInterface({
      input: createReadStream(path, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) {
      if (head === undefined) {
        head = JSON.parse(line) as Partial<Record<string, unknown>>;
        if (head.format !== FORMAT) throw new Error('it does not begin as a record does');
        if (head.repository !== repository) return emptyRecord(repository);
        continue;
      }
      const [, kind, name, seconds, held] = LINE.exec(line) ?? [];
      if (kind === undefined || name === undefined)
        throw new Error(`a line is damaged: ${line.slice(0, 80)}`);
      const object = {
        kind: kind as MissingObject['kind'],
        name,
        seconds: Number(seconds),
        held: held !== undefined,
      };
      missing.set(objectKey(object.kind, name), object);
    }
    if (head === undefined) throw new Error('it is empty');
    if (head.missing !== missing.size) throw new Error('it is cut off');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return emptyRecord(repository);
    throw new RepositoryError(
      'repository.mirror-record',
      `the record of the mirror, ${path}, cannot be read: ${(cause as Error).message}`,
      {
        cause,
        advice: 'Put it back from a copy, or delete it: everything that waits to be removed then waits anew.',
      },
    );
  }
  return {
    repository,
    lookedAt: text(head.lookedAt),
    succeededAt: text(head.succeededAt),
    bytesPerSecond: typeof head.bytesPerSecond === 'number' ? head.bytesPerSecond : undefined,
    retainedAt: text(head.retainedAt),
    missing,
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Writes it beside the old one, durably, and puts it in its place; only its owner can read it. */
export async function writeMirrorRecord(path: string, record: MirrorRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  const { missing, ...known } = record;
  const head = { format: FORMAT, ...known, missing: missing.size };
  const file = await open(temporary, 'w', 0o600);
  try {
    let lines = [JSON.stringify(head)];
    for (const { kind, name, seconds, held } of missing.values()) {
      lines.push(`${kind} ${name} ${Math.floor(seconds)}${held ? ' held' : ''}`);
      if (lines.length < LINES_AT_ONCE) continue;
      await file.writeFile(`${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) await file.writeFile(`${lines.join('\n')}\n`);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    throw error;
  }
}
