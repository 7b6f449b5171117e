/**
 * What this machine knows to be restorable of a repository: the trees of snapshots that `check --read-data` or
 * `restore --verify` proved. Trees, not snapshot ids: changing a tag gives a snapshot another id, and proves nothing less.
 *
 * Kept in `${XDG_STATE_HOME:-~/.local/state}/octobox/verified/<repository id>.json`. Losing it costs protection, never data.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Repository } from '@octobox/repository';
import type { Environment } from '../environment.ts';
import { writeWholeFile } from '../snapshot/write-whole-file.ts';
import type { Cli } from '../verb.ts';

interface Record {
  readonly version: 1;
  /** When each tree was last proved, RFC 3339. */
  readonly trees: Readonly<{ [tree: string]: string }>;
}

const none: Record = { version: 1, trees: {} };

function recordFile(env: Environment, repositoryId: string): string {
  const base = env.all.XDG_STATE_HOME || join(env.all.HOME || homedir(), '.local', 'state');
  return join(base, 'octobox', 'verified', `${repositoryId}.json`);
}

/** A record that is missing or no record counts as empty. */
async function readRecord(path: string): Promise<Record> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const record = JSON.parse(text) as Record;
    return record.version === 1 && typeof record.trees === 'object' ? record : none;
  } catch {
    return none;
  }
}

export async function verifiedTrees(cli: Cli, repository: Repository): Promise<ReadonlySet<string>> {
  return new Set(Object.keys((await readRecord(recordFile(cli.env, repository.id))).trees));
}

/**
 * Notes what was proved just now. With `all`, nothing else of the repository counts as proved any more.
 * Failing to note it is told and is no failure of what was proved.
 */
export async function noteVerified(
  cli: Cli,
  repository: Repository,
  trees: Iterable<string>,
  options: { readonly all: boolean; readonly quiet?: boolean | undefined },
): Promise<void> {
  const path = recordFile(cli.env, repository.id);
  try {
    const earlier = options.all ? none : await readRecord(path);
    const time = new Date().toISOString();
    const proved = Object.fromEntries([...trees].map((tree) => [tree, time]));
    const record: Record = { version: 1, trees: { ...earlier.trees, ...proved } };
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeWholeFile(path, piece(JSON.stringify(record)));
  } catch (error) {
    if (options.quiet) return;
    cli.out.say(
      `warning: it could not be noted that this was verified: ${error instanceof Error ? error.message : error}`,
    );
  }
}

async function* piece(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${text}\n`);
}
