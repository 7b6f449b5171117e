import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceError } from '../errors.ts';
import { encodeInventory, inventoryFile } from '../inventory/inventory.ts';
import type { CapturedFile, InventoryObject, SourceContext, StreamsCapture } from '../source.ts';
import { copyDatabase } from './copy.ts';
import { SqliteDatabase } from './database.ts';
import { findDamage, readSqliteInventory } from './inventory.ts';

export interface SqliteCaptureOptions {
  readonly path: string;
  readonly folder: string;
  readonly fileName: string;
  readonly source: string;
  readonly temporaryFolder: string | undefined;
}

/**
 * SQLite's online backup writes a file, so there is one copy, checked before its first byte is given
 * out: a damaged database never becomes a backup.
 */
export function captureSqlite(options: SqliteCaptureOptions, context: SourceContext): StreamsCapture {
  return { form: 'streams', folder: options.folder, files: captureFiles(options, context) };
}

async function* captureFiles(
  options: SqliteCaptureOptions,
  context: SourceContext,
): AsyncGenerator<CapturedFile, void, undefined> {
  const folder = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'octobox-sqlite-'));
  try {
    const copy = join(folder, 'copy');
    let takenAt: string;
    {
      await using live = new SqliteDatabase(options.path, { signal: context.signal });
      const [row] = await live.query<{ now: string }>("select strftime('%Y-%m-%dT%H:%M:%fZ') as now");
      takenAt = row?.now ?? '';
      await copyDatabase(live, copy, 'copying the database', context);
    }
    const { objects, version } = await examineCopy(options.path, copy, context);
    const { size } = await stat(copy);
    const hash = createHash('sha256');
    let done = 0;
    const content = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      const { signal } = context;
      for await (const chunk of createReadStream(copy, {
        highWaterMark: 1 << 20,
        signal,
      }) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        done += chunk.length;
        context.onProgress?.({ step: 'reading the copy', done, total: size, unit: 'bytes' });
        yield chunk;
      }
    };
    yield { path: options.fileName, content: content() };
    if (done !== size) {
      throw new SourceError(
        'source.capture-failed',
        `${options.fileName} was read to ${done} of ${size} bytes`,
      );
    }
    const contentObject = {
      type: 'content',
      name: options.fileName,
      count: size,
      detail: hash.digest('hex'),
    };
    const inventory = encodeInventory({
      version: 1,
      kind: 'sqlite',
      source: options.source,
      takenAt,
      versions: { sqlite: version },
      objects: [...objects, contentObject],
    });
    yield {
      path: inventoryFile,
      content: (async function* () {
        yield inventory;
      })(),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function examineCopy(
  original: string,
  copy: string,
  context: SourceContext,
): Promise<{ objects: InventoryObject[]; version: string }> {
  await using database = new SqliteDatabase(copy, { signal: context.signal });
  context.onProgress?.({ step: 'checking the copy' });
  const damage = await findDamage(database);
  if (damage.length > 0) {
    throw new SourceError('source.corrupt', `${original} is damaged: ${damage.slice(0, 3).join('; ')}`, {
      advice: 'Restore it from the last snapshot, or rescue what is left with: sqlite3 file .recover',
    });
  }
  const objects = await readSqliteInventory(database, context);
  const violations = objects.find(({ type }) => type === 'foreign-key-violation')?.count ?? 0;
  if (violations > 0) context.onLog?.(`${original} holds rows that break ${violations} foreign keys already`);
  const [row] = await database.query<{ version: string }>('select sqlite_version() as version');
  return { objects, version: row?.version ?? '' };
}
