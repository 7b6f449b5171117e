import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LockedError } from '../errors.ts';
import { encodeLock, type LockContent } from '../format/lock-file.ts';
import { noise } from '../testing/fixture-tree.ts';
import { TEST_PASSWORD } from '../testing/repository.ts';
import { resticBinary } from '../testing/restic.ts';
import { Workshop } from '../testing/workshop.ts';
import { surviveHangups } from './hangup.ts';
import { acquireLock } from './lock.ts';
import { ownLock } from './stored-locks.ts';
import { listLocks, removeLocks } from './unlock.ts';

const HOUR = 3_600_000;
const timing = { settle: 1 };
const stopped = new URL('../testing/stopped-backup-process.ts', import.meta.url).pathname;

/** restic writes under a temporary name first. */
const lockFiles = (workshop: Workshop): string[] =>
  readdirSync(workshop.path('repository', 'locks'))
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .sort();

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !condition(); ) {
    assert.ok(Date.now() < end, 'it never came to that');
    await delay(2);
  }
}

/** A signal is sent in no time, and acts a little later. */
function isStoppedOrGone({ pid, exitCode }: ChildProcess): boolean {
  if (exitCode !== null) return true;
  try {
    return / [TZ] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** A real restic that holds a lock until it is let go. */
class HeldByRestic implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.child = child;
    this.#ended = once(child, 'exit');
  }

  static async start(workshop: Workshop, command: string[]): Promise<HeldByRestic> {
    const before = lockFiles(workshop).length;
    const [program = '', ...args] = command;
    const held = new HeldByRestic(
      spawn(program, args, {
        env: {
          PATH: process.env.PATH,
          RESTIC_REPOSITORY: workshop.repositoryFolder,
          RESTIC_PASSWORD: TEST_PASSWORD,
        },
        stdio: ['pipe', 'ignore', 'ignore'],
      }),
    );
    await until(() => lockFiles(workshop).length > before || held.child.exitCode !== null);
    return held;
  }

  /** A backup of standard input: shared, for as long as that is open. */
  static shared = (workshop: Workshop): Promise<HeldByRestic> =>
    HeldByRestic.start(workshop, [resticBinary(), '--no-cache', 'backup', '--stdin']);

  /** A prune that is stopped while its lock is there; a busy machine may see that too late and tries again. */
  static async exclusive(workshop: Workshop): Promise<HeldByRestic> {
    for (;;) {
      const held = await HeldByRestic.start(workshop, [resticBinary(), '--no-cache', 'prune']);
      held.child.kill('SIGSTOP');
      await until(() => isStoppedOrGone(held.child));
      if (held.child.exitCode === null && lockFiles(workshop).length > 0) return held;
      await held[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGCONT');
    this.child.stdin?.end('end');
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(patience);
  }
}

const isLocked = async (workshop: Workshop, ...args: string[]): Promise<boolean> => {
  const { code, stderr } = await workshop.restic(args, { accept: [0, 1, 11], cwd: workshop.source });
  if (code === 0) return false;
  assert.match(stderr, /already locked/);
  return true;
};

describe('locks between here and restic', { timeout: 240_000 }, () => {
  it("restic's shared lock lets in shared ones only", async () => {
    await using workshop = await Workshop.open();
    const repository = await workshop.repository();
    await using _held = await HeldByRestic.shared(workshop);
    await assert.rejects(acquireLock(repository, { kind: 'exclusive', timing }), LockedError);
    await using _lock = await acquireLock(repository, { kind: 'shared', timing });
  });

  it("restic's exclusive lock lets in nobody, and is waited for", async () => {
    await using workshop = await Workshop.open();
    const repository = await workshop.repository();
    const held = await HeldByRestic.exclusive(workshop);
    for (const kind of ['shared', 'exclusive'] as const)
      await assert.rejects(acquireLock(repository, { kind, timing }), LockedError);
    const waiting = acquireLock(repository, {
      kind: 'exclusive',
      timing: { ...timing, retryFirst: 20, retryMost: 100 },
      retryFor: 20_000,
      onWait: () => void held[Symbol.asyncDispose](),
    });
    await using _lock = await waiting;
  });

  it('locks of here keep restic out in the same way', async () => {
    await using workshop = await Workshop.open();
    workshop.write('a', 'a');
    const repository = await workshop.repository();
    {
      await using _lock = await acquireLock(repository, { kind: 'shared', timing });
      assert.equal(await isLocked(workshop, 'backup', '.'), false);
      assert.equal(await isLocked(workshop, 'prune'), true);
    }
    {
      await using _lock = await acquireLock(repository, { kind: 'exclusive', timing });
      assert.equal(await isLocked(workshop, 'backup', '.'), true);
      assert.equal(await isLocked(workshop, 'prune'), true);
    }
    assert.equal(await isLocked(workshop, 'prune'), false);
  });

  it('clocks that are an hour off change nothing about who is kept out', async () => {
    await using workshop = await Workshop.open();
    workshop.write('a', 'a');
    const repository = await workshop.repository();
    for (const skew of [-HOUR, HOUR]) {
      const now = (): number => Date.now() + skew;
      await using lock = await acquireLock(repository, {
        kind: 'exclusive',
        timing: { ...timing, poll: 5 },
        now,
      });
      assert.equal(await isLocked(workshop, 'backup', '.'), true);
      await delay(30);
      assert.ok(!lock.signal.aborted, 'its own clock counts, not that of others');
    }
    // restic's own lock, as a machine with such a clock would have written it.
    await using _held = await HeldByRestic.shared(workshop);
    const [content] = await listLocks(repository);
    assert.ok(content !== undefined);
    for (const skew of [-HOUR, HOUR]) {
      const time = new Date(Date.now() + skew).toISOString();
      await repository.writeUnpacked('lock', encodeLock({ ...content, time, pid: 1 }));
      await assert.rejects(acquireLock(repository, { kind: 'exclusive', timing }), LockedError);
      await using _shared = await acquireLock(repository, { kind: 'shared', timing });
    }
  });

  it('unlock removes what restic removes, and keeps what restic keeps', async () => {
    await using workshop = await Workshop.open();
    const repository = await workshop.repository();
    // restic asks whether this process lives by sending it SIGHUP.
    surviveHangups();
    const now = Date.now();
    const dead = 4_194_303;
    const at = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
    const variants: Partial<LockContent>[] = [
      {},
      { time: at(-60) },
      { time: at(60) },
      { time: at(-29) },
      { time: at(-31), hostname: 'elsewhere' },
      { time: at(60), hostname: 'elsewhere' },
      { hostname: 'elsewhere', pid: dead },
      { pid: dead },
      { pid: dead, time: at(60) },
      { pid: dead, exclusive: true },
    ];
    for (const variant of variants)
      await repository.writeUnpacked('lock', encodeLock({ ...ownLock('shared', now), ...variant }));
    writeFileSync(workshop.path('repository', 'locks', '0'.repeat(64)), '');
    writeFileSync(workshop.path('repository', 'locks', 'f'.repeat(64)), noise('no lock', 200));
    cpSync(workshop.repositoryFolder, workshop.path('copy'), { recursive: true });
    await workshop.restic(['-r', workshop.path('copy'), 'unlock']);
    await removeLocks(repository, { all: false });
    assert.deepEqual(lockFiles(workshop), readdirSync(workshop.path('copy', 'locks')).sort());
    assert.equal(lockFiles(workshop).length, 7);
    await removeLocks(repository, { all: true });
    assert.deepEqual(lockFiles(workshop), []);
  });

  it('a process in another PID namespace is not taken for gone by what removes locks unasked', async (t) => {
    try {
      execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' });
    } catch {
      return t.skip('this user may not make PID namespaces');
    }
    await using workshop = await Workshop.open();
    const repository = await workshop.repository();
    const inside = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const backup = [resticBinary(), '--no-cache', 'backup', '--stdin'];
    await using held = await HeldByRestic.start(workshop, [...inside, ...backup]);
    const [lock] = await listLocks(repository);
    assert.equal(lock?.hostname, hostname());
    assert.notEqual(lock?.pid, held.child.pid);
    // Its small number may be that of a process here, so it is made one that is surely none.
    await repository.writeUnpacked('lock', encodeLock({ ...(lock as LockContent), pid: 4_194_302 }));
    const silence = 11 * 60_000;
    assert.deepEqual(await removeLocks(repository, { all: false, silence }), { removed: 0 });
    const later = (): number => Date.now() + 12 * 60_000;
    assert.deepEqual(await removeLocks(repository, { all: false, silence, now: later }), { removed: 1 });
  });
});

describe('a process that was stopped for longer than its lock lasts', { timeout: 240_000 }, () => {
  it('gives up when it goes on, and makes no snapshot, whether its lock was removed or not', async () => {
    for (const removed of [false, true]) {
      await using workshop = await Workshop.open();
      const repository = await workshop.repository();
      const child = spawn(process.execPath, [stopped, workshop.repositoryFolder], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      const ended = once(child, 'close');
      await until(() => output.includes('holds the lock'));
      child.stdin.on('error', () => {});
      child.stdin.write(noise('first', 3_000_000));
      const first = lockFiles(workshop);
      await until(() => lockFiles(workshop).length === 1 && lockFiles(workshop)[0] !== first[0]);
      child.kill('SIGSTOP');
      await delay(4000);
      if (removed) {
        await removeLocks(repository, { all: true });
        await workshop.restic(['prune', '--max-unused', '0']);
      }
      // All that it waits for is there when it wakes: the rest of the stream and its end.
      child.stdin.end(noise('second', 1_000_000));
      await delay(50);
      child.kill('SIGCONT');
      const [code] = await ended;
      assert.match(output, /repository\.lock-lost/);
      assert.equal(code, 1);
      assert.deepEqual(lockFiles(workshop), []);
      assert.deepEqual(await Array.fromAsync(repository.snapshots()), []);
      await workshop.restic(['check', '--read-data']);
    }
  });
});
