import { rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { SourceError } from '../errors.ts';
import { countOf, reportOf } from '../inventory/compare.ts';
import { inventoryFile, readInventory } from '../inventory/inventory.ts';
import type {
  Capture,
  Inventory,
  Preflight,
  ProbeReport,
  RestoreReport,
  ScratchCopy,
  SnapshotReader,
  Source,
  SourceContext,
  VerificationReport,
} from '../source.ts';
import { captureSqlite } from './capture.ts';
import { SqliteDatabase } from './database.ts';
import { keptPath, putInPlace } from './place.ts';
import { probeSqlite } from './probe.ts';
import { SqliteScratch, writeFromSnapshot } from './scratch.ts';
import { verifySqlite } from './verify.ts';

export interface SqliteSourceOptions {
  /** `sqlite:/absolute/path` */
  readonly location: string;
  /** Where the copy of a capture lies while it is read; the system's temporary folder when absent. */
  readonly temporaryFolder?: string;
}

export function parseSqliteLocation(text: string): string {
  const path = text.replace(/^sqlite:(\/\/(?=\/))?/, '');
  if (text.startsWith('sqlite:') && isAbsolute(path) && basename(path) !== '') return path;
  throw new SourceError('source.location', `Not a SQLite location: ${text}`, {
    advice: 'Write it as sqlite:/absolute/path/of/the/file.',
  });
}

/** One SQLite database file, in use or not. */
export class SqliteSource implements Source {
  readonly kind = 'sqlite';
  readonly label: string;
  readonly folder: string;
  readonly #path: string;
  readonly #fileName: string;
  readonly #temporaryFolder: string | undefined;

  constructor(options: SqliteSourceOptions) {
    this.#path = parseSqliteLocation(options.location);
    const name = basename(this.#path);
    this.#fileName = name === inventoryFile ? `${name}.sqlite` : name;
    this.#temporaryFolder = options.temporaryFolder;
    this.label = `SQLite database ${this.#path}`;
    this.folder = `/octobox/${name}`;
  }

  async preflight(context: SourceContext): Promise<Preflight> {
    await using database = new SqliteDatabase(this.#path, { signal: context.signal });
    const [row] = await database.query<{ version: string; tables: number }>(
      "select sqlite_version() as version, (select count(*) from sqlite_schema where type = 'table') as tables",
    );
    const [mode] = await database.query<{ journal_mode: string }>('pragma journal_mode');
    const wal = mode?.journal_mode === 'wal';
    return {
      description: `SQLite ${row?.version}, ${this.#path}, ${countOf(row?.tables ?? 0, 'table')}, journal mode ${mode?.journal_mode}`,
      warnings: wal
        ? []
        : ['The database is not in WAL mode: a backup and a writer may have to wait for each other.'],
    };
  }

  async capture(context: SourceContext): Promise<Capture> {
    context.signal.throwIfAborted();
    return captureSqlite(
      {
        path: this.#path,
        folder: this.folder,
        fileName: this.#fileName,
        source: this.label,
        temporaryFolder: this.#temporaryFolder,
      },
      context,
    );
  }

  async restore(snapshot: SnapshotReader, context: SourceContext): Promise<RestoreReport> {
    const inventory = await readInventory(snapshot, this.folder);
    const now = new Date();
    const kept = keptPath(this.#path, now);
    const restored = join(dirname(this.#path), `.${basename(this.#path)}.octobox-restore-${now.getTime()}`);
    try {
      const { bytes } = await writeFromSnapshot(
        snapshot,
        `${this.folder}/${this.#fileName}`,
        restored,
        inventory,
        context,
      );
      const verification = await this.#verifyRestored(restored, inventory, context);
      const { keptOld, replaced } = await putInPlace(restored, this.#path, kept, context);
      const warnings: string[] = [];
      if (keptOld) warnings.push(`The database as it was before the restore is kept as ${kept}.`);
      if (replaced) warnings.push('Programs that had the old file open must be restarted.');
      return { files: 1, bytes, warnings, verification };
    } finally {
      for (const suffix of ['', '-wal', '-shm']) await rm(`${restored}${suffix}`, { force: true });
    }
  }

  async scratch(snapshot: SnapshotReader, folder: string, context: SourceContext): Promise<ScratchCopy> {
    const inventory = await readInventory(snapshot, this.folder);
    return await SqliteScratch.create(
      snapshot,
      `${this.folder}/${this.#fileName}`,
      folder,
      inventory,
      context,
    );
  }

  async verify(snapshot: SnapshotReader, context: SourceContext): Promise<VerificationReport> {
    const inventory = await readInventory(snapshot, this.folder);
    await using database = new SqliteDatabase(this.#path, { signal: context.signal });
    return reportOf(await verifySqlite(database, inventory, { growth: true }, context));
  }

  async probe(snapshot: SnapshotReader | undefined, context: SourceContext): Promise<ProbeReport> {
    const inventory = snapshot === undefined ? undefined : await readInventory(snapshot, this.folder);
    return await probeSqlite(this.#path, inventory, context);
  }

  async #verifyRestored(
    path: string,
    inventory: Inventory,
    context: SourceContext,
  ): Promise<VerificationReport> {
    await using database = new SqliteDatabase(path, { signal: context.signal });
    const report = reportOf(await verifySqlite(database, inventory, { growth: false }, context));
    if (report.outcome === 'passed') return report;
    const first = report.checks.flatMap(({ differences }) => differences).slice(0, 5);
    throw new SourceError(
      'source.verification-failed',
      `The restored copy of ${this.#path} is not what the backup promised: ${first.join('; ')}`,
      { advice: 'The live database was left as it was. Choose another snapshot.' },
    );
  }
}
