import { join } from 'node:path';
import { feedChild, transformChild } from '../../process/child.ts';
import type { SourceContext } from '../../source.ts';
import type { SessionTarget } from '../connecting/session.ts';
import type { PostgresqlVersion } from '../connecting/versions.ts';
import type { PostgresqlBinaries } from '../programs/binaries.ts';
import { databaseArgument, programEnvironment } from '../programs/programs.ts';

export interface LoadArchiveOptions {
  readonly target: SessionTarget;
  readonly client: PostgresqlBinaries;
  /** Leaves tablespaces and subscriptions out. */
  readonly drill: boolean;
  /** By way of psql instead of pg_restore's own connection, see `needsScript`. */
  readonly asScript: boolean;
}

/**
 * From 17 on, pg_restore begins with a setting that older servers do not have, and there is no option
 * against it; as a script the setting can be left out.
 */
export const needsScript = (client: PostgresqlVersion, server: PostgresqlVersion): boolean =>
  client.major >= 17 && server.major < 17;

/**
 * Loads an archive of pg_dump into an empty database; the first error ends it. A pipe allows no parallel
 * jobs; in exchange the dump needs no disk of its own, however large it is.
 */
export async function loadArchive(
  options: LoadArchiveOptions,
  archive: AsyncIterable<Uint8Array>,
  context: SourceContext,
): Promise<void> {
  const { target, client, drill } = options;
  const program = (name: string, args: string[]) => ({
    command: join(client.folder, name),
    args,
    env: programEnvironment(target),
    signal: context.signal,
    onErrorLine: (line: string) => context.onLog?.(`${name}: ${line}`),
  });
  const what = drill ? ['--no-tablespaces', '--no-subscriptions'] : [];
  const database = databaseArgument(target.location);
  if (!options.asScript) {
    const args = ['--exit-on-error', '--no-password', ...what, database];
    return await feedChild(program('pg_restore', args), archive);
  }
  const script = transformChild(program('pg_restore', ['--exit-on-error', '--file=-', ...what]), archive);
  const args = ['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1', '--file=-', database];
  await feedChild(program('psql', args), withoutTransactionTimeout(script));
}

const unknownSetting = 'SET transaction_timeout = 0;\n';
/** The settings come right after a few lines of comments; the database's content never is searched. */
const headBytes = 4096;

/** Takes the setting `transaction_timeout` (PostgreSQL 17) out of the head of a script of pg_restore. */
export async function* withoutTransactionTimeout(
  script: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of script) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < headBytes) continue;
    yield cleaned(head);
    head = undefined;
  }
  if (head !== undefined) yield cleaned(head);
}

function cleaned(head: Buffer): Buffer {
  const at = head.subarray(0, headBytes).indexOf(`\n${unknownSetting}`);
  if (at === -1) return head;
  return Buffer.concat([head.subarray(0, at + 1), head.subarray(at + 1 + unknownSetting.length)]);
}
