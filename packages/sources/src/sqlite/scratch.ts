import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceError } from '../errors.ts';
import { checkOf, countOf, reportOf } from '../inventory/compare.ts';
import type { Inventory, ScratchCopy, SnapshotReader, SourceContext, VerificationReport } from '../source.ts';
import { SqliteDatabase } from './database.ts';
import { type FileContent, hashFile, writeFileDurably } from './file-content.ts';
import { verifySqlite } from './verify.ts';

/** The file of a snapshot, written to a path and found to be what the inventory says, byte for byte. */
export async function writeFromSnapshot(
  snapshot: SnapshotReader,
  from: string,
  to: string,
  inventory: Inventory,
  context: SourceContext,
): Promise<FileContent> {
  const total = await snapshot.size(from);
  const options = { mode: 0o600, total, step: 'writing the database' };
  const written = await writeFileDurably(to, snapshot.read(from), options, context);
  const expected = inventory.objects.find(({ type }) => type === 'content');
  if (expected !== undefined && expected.detail !== written.hash) {
    throw new SourceError(
      'source.snapshot-unusable',
      `${from} of ${snapshot.description} is not what was backed up`,
      {
        advice: 'Choose another snapshot, and run check on the repository.',
      },
    );
  }
  return written;
}

export class SqliteScratch implements ScratchCopy {
  readonly description: string;
  readonly path: string;
  readonly #folder: string;
  readonly #inventory: Inventory;

  private constructor(folder: string, path: string, inventory: Inventory) {
    this.description = `database ${path}`;
    this.path = path;
    this.#folder = folder;
    this.#inventory = inventory;
  }

  static async create(
    snapshot: SnapshotReader,
    from: string,
    parent: string,
    inventory: Inventory,
    context: SourceContext,
  ): Promise<SqliteScratch> {
    const folder = await mkdtemp(join(parent, 'octobox-sqlite-'));
    try {
      const path = join(folder, 'scratch.db');
      await writeFromSnapshot(snapshot, from, path, inventory, context);
      return new SqliteScratch(folder, path, inventory);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async verify(context: SourceContext): Promise<VerificationReport> {
    const expected = this.#inventory.objects.find(({ type }) => type === 'content');
    const { size } = await stat(this.path);
    const { hash } = await hashFile(this.path, context.signal);
    const same = expected === undefined || expected.detail === hash;
    const content = checkOf(
      'content',
      `${countOf(size, 'byte')}, compared by SHA-256`,
      same ? [] : ['the file is not the one that was backed up'],
    );
    await using database = new SqliteDatabase(this.path, { signal: context.signal });
    return reportOf([
      content,
      ...(await verifySqlite(database, this.#inventory, { growth: false }, context)),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
