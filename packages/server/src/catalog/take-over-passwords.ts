import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, type Log, ServerError } from '../platform/index.ts';
import type { Vault } from '../vault/index.ts';
import { passwordOf } from './source-password.ts';

/**
 * Passwords lay in files, one a source, before there was the vault. Each is sealed, opened again, and only then
 * its file is removed, so that nothing is lost wherever this ends; what is sealed already goes before a file.
 * Many may do it at once.
 */
export async function takeOverPasswords(options: {
  folder: string;
  database: Database;
  vault: Vault;
  log: Log;
}): Promise<void> {
  const { folder, log } = options;
  const names = await filesIn(folder);
  let left = 0;
  for (const name of names) {
    const path = join(folder, name);
    // A draft never became the password, and holds one all the same.
    const isSafe = name.endsWith('.new') || (await takeOver(options, name, path));
    if (isSafe) await rm(path, { force: true });
    else left++;
  }
  if (left > 0)
    log.warn({ folder, files: left }, 'passwords of no known source: look at them, and remove them');
  else if (names.length > 0) log.info({ passwords: names.length }, 'passwords moved into the vault');
  if (left === 0) await rmdir(folder).catch(() => undefined);
}

/** Whether the file is needed no more. */
async function takeOver(
  { database, vault }: { database: Database; vault: Vault },
  sourceId: string,
  path: string,
): Promise<boolean> {
  const source = await database.read
    .selectFrom('sources')
    .select(['id', 'location', 'removed_at'])
    .where('id', '=', sourceId)
    .executeTakeFirst();
  if (source === undefined) return false;
  if (source.removed_at !== null) return true;
  const password = await readIfThere(path);
  if (password === undefined) return true;
  const secret = passwordOf(source);
  await vault.prepare();
  const isNew = await database.change((transaction) => vault.sealFirst(transaction, secret, password));
  const opened = await vault.open(secret);
  if (isNew && opened !== password) {
    throw new ServerError(
      'server.vault-damaged',
      `what was sealed for ${secret.owner} opens as something else`,
      {
        advice: `The password is in ${path} still. Please report this.`,
      },
    );
  }
  return opened !== undefined;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
