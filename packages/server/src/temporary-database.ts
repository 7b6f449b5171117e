/** A real database in a temporary folder, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from './migrations.ts';
import { type Database, openDatabase } from './platform/index.ts';

export interface TemporaryDatabase extends AsyncDisposable {
  readonly database: Database;
  readonly folder: string;
}

export async function temporaryDatabase(): Promise<TemporaryDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'octobox-server-'));
  const database = await openDatabase(join(folder, 'octobox.db'), migrations);
  return {
    database,
    folder,
    async [Symbol.asyncDispose]() {
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
