import { backup, DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadOptions, ThreadReply, ThreadRequest } from './database.ts';

/** The thread behind `SqliteDatabase`: one connection, one request after the other. */
const { path, readOnly, busyMilliseconds } = workerData as ThreadOptions;
const port = parentPort;
if (port === null) throw new TypeError('this module runs in a worker thread');

const reply = (message: ThreadReply) => port.postMessage(message);

const describe = (error: unknown): { message: string; sqliteCode: number | undefined } => ({
  message: error instanceof Error ? error.message : String(error),
  sqliteCode:
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
      ? error.errcode
      : undefined,
});

const maxRestarts = 3;

let connection: DatabaseSync | undefined;
const open = (): DatabaseSync => {
  connection ??= new DatabaseSync(path, { readOnly, timeout: busyMilliseconds });
  return connection;
};

async function answer(request: ThreadRequest): Promise<readonly Record<string, unknown>[]> {
  const database = open();
  if (request.kind === 'query') return database.prepare(request.sql).all();
  // In WAL mode a read transaction holds the view still and hinders no writer. In the other modes it locks
  // writers out for as long as the copy takes, so there it is the way out when they leave no gap.
  if (!request.pinned && (await copy(database, request, maxRestarts))) return [];
  database.exec('begin; select count(*) from sqlite_schema');
  try {
    await copy(database, request, Number.POSITIVE_INFINITY);
  } finally {
    database.exec('commit');
  }
  return [];
}

/** A change by another program makes the copy start again; false when it had to more often than allowed. */
async function copy(
  database: DatabaseSync,
  request: Extract<ThreadRequest, { kind: 'copy' }>,
  restartsAllowed: number,
): Promise<boolean> {
  let before = 0;
  let restarts = 0;
  const tooMany = new Error('the copy was started again too often');
  try {
    await backup(database, request.to, {
      rate: request.pages,
      progress: ({ totalPages, remainingPages }) => {
        const done = totalPages - remainingPages;
        if (done < before) restarts += 1;
        before = done;
        if (restarts > restartsAllowed) throw tooMany;
        reply({ id: request.id, form: 'progress', done, total: totalPages });
      },
    });
    return true;
  } catch (error) {
    if (error === tooMany) return false;
    throw error;
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', (request: ThreadRequest | 'close') => {
  last = last.then(async () => {
    if (request === 'close') {
      connection?.close();
      port.close();
      return;
    }
    try {
      reply({ id: request.id, form: 'rows', rows: await answer(request) });
    } catch (error) {
      reply({ id: request.id, form: 'error', ...describe(error) });
    }
  });
});
