import { chmod, chown, link, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { SourceError } from '../errors.ts';
import type { SourceContext } from '../source.ts';
import { copyDatabase } from './copy.ts';
import { SqliteDatabase } from './database.ts';
import { syncFolder } from './file-content.ts';

/**
 * Two ways to put a restored file in the place of a live one.
 *
 * A live database that is sound is overwritten by SQLite itself, in one transaction: programs that have
 * it open see the old content until the commit and the new content afterwards. Replacing the file
 * below them would be worse: they would write on into the old one, and delete the new one's WAL by its
 * name when they close (sqlite.org, "How To Corrupt An SQLite Database File", 4.2).
 *
 * A file that is missing or no database is replaced by rename.
 */
export async function putInPlace(
  restored: string,
  live: string,
  kept: string,
  context: SourceContext,
): Promise<{ keptOld: boolean; replaced: boolean }> {
  if (await isUsable(live, restored, context)) {
    await using old = new SqliteDatabase(live, { signal: context.signal });
    await copyDatabase(old, kept, 'keeping the database as it was', context);
    await using source = new SqliteDatabase(restored, { signal: context.signal });
    await copyDatabase(source, live, 'putting the database in place', context);
    return { keptOld: true, replaced: false };
  }
  return { keptOld: await replaceFile(restored, live, kept), replaced: true };
}

/** A page size cannot be changed by a copy into a database in WAL mode. */
async function isUsable(live: string, restored: string, context: SourceContext): Promise<boolean> {
  if (!(await exists(live))) return false;
  try {
    await using database = new SqliteDatabase(live, { signal: context.signal });
    await using other = new SqliteDatabase(restored, { signal: context.signal });
    await database.query('select count(*) from sqlite_schema');
    const [mine] = await database.query<{ page_size: number }>('pragma page_size');
    const [its] = await other.query<{ page_size: number }>('pragma page_size');
    const damage = await database.query<{ quick_check: string }>('pragma quick_check(1)');
    return mine?.page_size === its?.page_size && damage[0]?.quick_check === 'ok';
  } catch (error) {
    if (error instanceof SourceError && error.code === 'source.corrupt') return false;
    throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What SQLite keeps beside a database; of the old one it must never meet the new file. */
const companions = ['-wal', '-shm', '-journal'];

async function replaceFile(restored: string, live: string, kept: string): Promise<boolean> {
  const keptOld = await exists(live);
  if (keptOld) {
    const { mode, uid, gid } = await stat(live);
    await chmod(restored, mode & 0o7777);
    if (process.getuid?.() === 0) await chown(restored, uid, gid);
    // A second name first: the live name is never without a file.
    await link(live, kept);
  }
  for (const suffix of companions) {
    if (!(await exists(`${live}${suffix}`))) continue;
    if (keptOld) await rename(`${live}${suffix}`, `${kept}${suffix}`);
    else await rm(`${live}${suffix}`);
  }
  await syncFolder(dirname(live));
  await rename(restored, live);
  await syncFolder(dirname(live));
  return keptOld;
}

export const keptPath = (live: string, now: Date): string => {
  const stamp = now.toISOString().replace(/[-:Z]/g, '').replace(/[T.]/g, '_');
  return `${dirname(live)}/${basename(live)}.before-restore-${stamp}`;
};
