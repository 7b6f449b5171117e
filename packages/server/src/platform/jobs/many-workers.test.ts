import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sql } from 'kysely';
import { onEachDatabase, type TemporaryDatabase } from '../../testing/temporary-database.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { makeJobQueue } from './make-job-queue.ts';

const leaseMs = 3_000;
const jobs = 24;
const module = (path: string): string => JSON.stringify(import.meta.resolve(path));

/** A process that works on jobs until it is killed; each leaves a line when it begins and one when it ends. */
function startWorker({ settings, folder }: TemporaryDatabase) {
  const script = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as delay } from 'node:timers/promises';
    import { migrations } from ${module('../../migrations.ts')};
    import { openDatabase, Secret, silentLog, systemClock, makeJobQueue } from ${module('../index.ts')};
    const settings = ${JSON.stringify(settings)};
    if (settings.kind === 'postgresql') settings.password = new Secret(process.env.DATABASE_PASSWORD);
    const database = await openDatabase(settings, migrations);
    const queue = makeJobQueue({ database, clock: systemClock, log: silentLog, leaseMs: ${leaseMs} });
    const note = (what, n) =>
      appendFileSync(${JSON.stringify(join(folder, 'notes'))}, JSON.stringify({ what, n, pid: process.pid }) + '\\n');
    queue.define({
      kind: 'slow', concurrency: 3, maxAttempts: 3,
      run: async ({ n }, { signal }) => {
        note('begin', n);
        try {
          await delay(150, undefined, { signal });
          note('end', n);
        } catch (error) {
          note('let go', n);
          throw error;
        }
      },
    });
    queue.start();
    console.log('started');`;
  const password = settings.kind === 'postgresql' ? settings.password?.reveal() : undefined;
  return spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_PASSWORD: password },
  });
}

interface Note {
  readonly what: 'begin' | 'end' | 'let go' | 'killed';
  readonly n: number;
  readonly pid: number;
}

async function notes(folder: string): Promise<Note[]> {
  const text = await readFile(join(folder, 'notes'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Note);
}

onEachDatabase((databases) => {
  describe('jobs of three processes', () => {
    it('are all done, each by one at a time, though one process is killed and all are cut off', {
      timeout: 120_000,
    }, async () => {
      await using temporary = await databases.open();
      const { database, folder } = temporary;
      const queue = makeJobQueue({ database, clock: systemClock, log: silentLog, leaseMs });
      queue.define({ kind: 'slow', concurrency: 1, maxAttempts: 3, run: async () => undefined });
      const workers = [1, 2, 3].map(() => startWorker(temporary));
      try {
        await Promise.all(workers.map(({ stdout }) => once(stdout, 'data')));
        for (let n = 0; n < jobs; n++) {
          await queue.enqueue({ kind: 'slow', payload: { n }, ...(n % 3 === 0 ? { lane: 'one' } : {}) });
        }
        const until = async (reached: () => Promise<boolean>): Promise<void> => {
          while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 50));
        };
        await until(async () => (await notes(folder)).length > 0);
        // Whoever was first: another one may find no job left for it.
        const [first] = await notes(folder);
        const killed = workers.find(({ pid }) => pid === first?.pid);
        assert.ok(killed !== undefined);
        const exited = once(killed, 'exit');
        killed.kill('SIGKILL');
        await exited;
        await appendFile(join(folder, 'notes'), `{"what":"killed","n":-1,"pid":${killed.pid}}\n`);
        if (database.kind === 'postgresql') {
          await database.change((transaction) =>
            sql`select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = 'octobox' and datname = current_database() and pid <> pg_backend_pid()`.execute(
              transaction,
            ),
          );
        }
        await until(async () => {
          // This process was cut off as well: a read that is on its way then fails, and the next one does not.
          const ended = await queue.list({ states: ['succeeded', 'failed', 'cancelled'] }).catch(() => []);
          return ended.length === jobs;
        });
        assert.equal((await queue.list({ states: ['succeeded'] })).length, jobs);
      } finally {
        for (const worker of workers) worker.kill('SIGKILL');
      }
      const running = new Map<number, number>();
      for (const { what, n, pid } of await notes(folder)) {
        if (what === 'killed') {
          for (const [job, owner] of running) if (owner === pid) running.delete(job);
        } else if (what === 'begin') {
          assert.equal(running.get(n), undefined, `job ${n} ran twice at a time`);
          running.set(n, pid);
          const ofLane = [...running.keys()].filter((job) => job % 3 === 0);
          assert.ok(ofLane.length <= 1, `jobs ${ofLane.join()} of one lane ran at a time`);
        } else running.delete(n);
      }
      assert.deepEqual([...running.keys()], []);
    });
  });
});
