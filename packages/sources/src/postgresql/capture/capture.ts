import { SourceError } from '../../errors.ts';
import { encodeInventory, inventoryFile } from '../../inventory/inventory.ts';
import type { CapturedFile, InventoryObject, SourceContext, StreamsCapture } from '../../source.ts';
import { Session, type SessionTarget } from '../connecting/session.ts';
import type { PostgresqlVersion } from '../connecting/versions.ts';
import { countRows, readCatalog, readLargeObjects } from '../inventory/inventory.ts';
import { readSequences, sequenceRanges } from '../inventory/sequences.ts';
import type { PostgresqlBinaries } from '../programs/binaries.ts';
import { dumpDatabase, dumpGlobals } from './dump.ts';

export interface PostgresqlCaptureOptions {
  readonly target: SessionTarget;
  readonly client: PostgresqlBinaries;
  readonly server: PostgresqlVersion;
  /** Absolute folder in the snapshot. */
  readonly folder: string;
  readonly dumpFile: string;
  readonly source: string;
  /** Whether the user may read the passwords of roles. */
  readonly rolePasswords: boolean;
}

export const globalsFile = 'globals.sql';

/**
 * One consistent view of the database: a transaction exports its snapshot, pg_dump reads in that
 * snapshot, and the same transaction counts what the dump must hold while pg_dump runs.
 *
 *     open ── exported ──┬── pg_dump ─────────────┬── globals ── inventory ── end
 *                        └── catalog, row counts ─┘
 *
 * A failure of either branch ends the other and throws in the stream that is being read.
 */
export async function capturePostgresql(
  options: PostgresqlCaptureOptions,
  context: SourceContext,
): Promise<StreamsCapture> {
  const failed = new AbortController();
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const both: SourceContext = { ...context, signal };
  const session = await Session.open(options.target, { signal });
  try {
    const view = await exportSnapshot(session, options.server);
    const files = captureFiles(options, session, view, failed, both);
    return { form: 'streams', folder: options.folder, files };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

interface ExportedView {
  readonly snapshotName: string;
  readonly takenAt: string;
}

async function exportSnapshot(session: Session, server: PostgresqlVersion): Promise<ExportedView> {
  // Without it a server goes on counting for a client that is gone. Some platforms of servers refuse it.
  if (server.major >= 14) await session.query("set client_connection_check_interval = '10s'").catch(() => {});
  // Row security that hides rows shall fail the count, as it fails pg_dump.
  await session.query("set row_security = off; set timezone = 'UTC'; set lock_timeout = '5min'");
  await session.query('begin transaction isolation level repeatable read, read only');
  const [row] = await session.query<{ name: string; at: Date }>(
    'select pg_export_snapshot() as name, transaction_timestamp() as at',
  );
  if (row === undefined) throw new TypeError('pg_export_snapshot returns one row');
  return { snapshotName: row.name, takenAt: row.at.toISOString() };
}

async function* captureFiles(
  options: PostgresqlCaptureOptions,
  session: Session,
  view: ExportedView,
  failed: AbortController,
  context: SourceContext,
): AsyncGenerator<CapturedFile, void, undefined> {
  await using _transaction = session;
  const before = await readSequences(session);
  const counting = takeInventory(session, context);
  // A count that fails ends the dump now instead of an hour later; the dump's reader sees this reason.
  counting.catch((error: unknown) => failed.abort(error));
  let complete = false;
  try {
    const { target, client } = options;
    const dump = new WholeStream(dumpDatabase(client, target, view.snapshotName, context));
    yield { path: options.dumpFile, content: dump };
    dump.assertWhole(options.dumpFile);
    const objects = await counting;
    const after = await readSequences(session);
    const globals = new WholeStream(
      dumpGlobals(client, target, { rolePasswords: options.rolePasswords }, context),
    );
    yield { path: globalsFile, content: globals };
    globals.assertWhole(globalsFile);
    await session.query('commit');
    const inventory = encodeInventory({
      version: 1,
      kind: 'postgresql',
      source: options.source,
      takenAt: view.takenAt,
      versions: { server: options.server.text, pg_dump: client.version.text },
      objects: [...objects, ...sequenceRanges(before, after)],
    });
    yield { path: inventoryFile, content: single(inventory) };
    complete = true;
  } finally {
    if (!complete) failed.abort(new DOMException('The capture was given up', 'AbortError'));
  }
}

async function takeInventory(session: Session, context: SourceContext): Promise<InventoryObject[]> {
  const catalog = await readCatalog(session);
  return [...(await countRows(session, catalog, context)), ...(await readLargeObjects(session))];
}

/** Knows whether it was read to its end: a file that was skipped must not end up as a backup without it. */
class WholeStream implements AsyncIterable<Uint8Array> {
  readonly #content: AsyncIterable<Uint8Array>;
  #ended = false;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#content;
    this.#ended = true;
  }

  assertWhole(path: string): void {
    if (!this.#ended) throw new SourceError('source.capture-failed', `${path} was not read to its end`);
  }
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
