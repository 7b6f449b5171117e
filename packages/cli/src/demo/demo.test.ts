import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../main.ts', import.meta.url));

type Told = Record<string, unknown> & { message_type: string };

interface Performance extends AsyncDisposable {
  readonly process: ChildProcess;
  /** The folder that takes the place of the system's temporary folder. */
  readonly temporary: string;
  /** Every fact so far. */
  readonly told: Told[];
  /** Resolves with the first fact of the type, of those that satisfy the condition. */
  until(type: string, wanted?: (fact: Told) => boolean): Promise<Told>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Runs `octobox demo` as a process of its own, with an environment that must not reach it. */
async function perform(args: readonly string[]): Promise<Performance> {
  const temporary = await mkdtemp(join(tmpdir(), 'octobox-demo-test-'));
  await chmod(temporary, 0o711);
  const child = spawn(process.execPath, [command, 'demo', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, RESTIC_REPOSITORY: '/nowhere', OCTOBOX_LISTEN: 'nonsense' },
  });
  const told: Told[] = [];
  let changed = () => {};
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    if (line.startsWith('{')) told.push(JSON.parse(line) as Told);
    changed();
  });
  const ended = once(child, 'close').then(([code]) => {
    changed();
    return { code: code as number | null, stdout, stderr };
  });
  return {
    ...{ process: child, temporary, told, ended },
    async until(type, wanted = () => true) {
      for (;;) {
        const found = told.find((fact) => fact.message_type === type && wanted(fact));
        if (found !== undefined) return found;
        if (child.exitCode !== null) throw new Error(`ended without "${type}": ${stdout}${stderr}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Processes that have anything to do with the folder: in their arguments or as their working folder. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const arguments_ = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (arguments_.includes(folder) || environment.includes(folder)) found.push(`${pid} ${arguments_}`);
  }
  return found;
}

async function assertNothingIsLeft(performance: Performance): Promise<void> {
  assert.deepEqual(await processesOf(performance.temporary), []);
  assert.deepEqual(await readdir(performance.temporary), []);
}

const small = ['--scale', '0.02', '--listen', '127.0.0.1:0'];
const limit = { timeout: 240_000 };

describe('the demo', () => {
  for (const shop of ['sqlite', 'postgresql'] as const) {
    it(`tells the whole story of a ${shop} shop, with numbers that fit together`, limit, async () => {
      await using performance = await perform(['--once', '--json', '--shop', shop, ...small]);
      const { code, stderr } = await performance.ended;
      assert.equal(code, 0, stderr);
      const of = (type: string) => performance.told.filter((fact) => fact.message_type === type);
      const [orders, invoices, noticed, incident, summary] = [
        ...['orders', 'invoices', 'noticed', 'incident', 'summary'].map((type) => of(type)[0]),
      ];
      assert.equal(of('backup').length, 4);
      assert.equal(of('drill').filter((drill) => drill.passed === true).length, 2);
      assert.equal(of('restored').filter((restored) => restored.passed === true).length, 2);
      assert.equal(of('resolved').length, 1);

      const [first, second] = [1, 2].map((round) =>
        of('backup')
          .filter((backup) => backup.round === round)
          .reduce((sum, backup) => sum + Number(backup.bytesStored), 0),
      );
      // A database this small is a handful of chunks; one of a hundred megabytes saves nearly all.
      assert.ok(Number(second) < Number(first) / 2, `${second} of ${first} bytes were stored again`);
      assert.ok(Number(noticed?.seconds) >= 0 && Number(noticed?.seconds) < 30);
      assert.ok(Number(incident?.estimateSeconds) > 0);

      assert.equal(Number(orders?.back) + Number(orders?.lost), orders?.acknowledged);
      assert.equal(orders?.missing, 0);
      assert.ok(Number(orders?.back) > 0 && Number(orders?.lost) > 0);
      assert.ok(Number(orders?.recoveryPointSeconds) > 0 && Number(orders?.recoveryPointSeconds) < 3_600);
      assert.equal(Number(invoices?.back) + Number(invoices?.lost), invoices?.written);
      assert.equal(invoices?.missing, 0);
      const parts = summary?.parts as { part: string; recoverySeconds: number; rtoSeconds: number }[];
      assert.deepEqual(
        parts.map((part) => part.part),
        ['database', 'files'],
      );
      for (const part of parts) assert.ok(part.recoverySeconds > 0 && part.recoverySeconds < part.rtoSeconds);
      await assertNothingIsLeft(performance);
    });
  }

  it('ends in a pipe with a table that a person can read', limit, async () => {
    await using performance = await perform(['--once', '--shop', 'sqlite', ...small]);
    const { code, stdout, stderr } = await performance.ended;
    assert.equal(code, 0, stderr);
    for (const row of [
      'protected',
      'backed up',
      'stored',
      'rehearsed',
      'recovery time',
      'recovery point',
      'lost',
    ]) {
      assert.match(stdout, new RegExp(`^  ${row} {2}`, 'm'));
    }
    assert.match(stdout, /\(target 15 m\)/);
    assert.match(stdout, /\(target 1 h\)/);
    assert.ok(!stdout.includes('\u001b'), 'no colours in a pipe');
    assert.ok(!stdout.includes('✘ '.repeat(2)));
    await assertNothingIsLeft(performance);
  });

  const step = (pattern: RegExp) => (fact: Told) => pattern.test(String(fact.step));
  const moments: readonly {
    readonly name: string;
    readonly shop: 'postgresql' | 'sqlite';
    readonly fact: string;
    readonly wanted?: (fact: Told) => boolean;
  }[] = [
    { name: 'at the very beginning', shop: 'postgresql', fact: 'opening' },
    {
      name: 'while the company is made',
      shop: 'postgresql',
      fact: 'status',
      wanted: step(/PostgreSQL|filling/),
    },
    { name: 'between two backups', shop: 'sqlite', fact: 'backup' },
    {
      name: 'while a rehearsal loads the database',
      shop: 'postgresql',
      fact: 'status',
      wanted: step(/loading/),
    },
    { name: 'right after the disaster', shop: 'postgresql', fact: 'disaster' },
    { name: 'while the files are away', shop: 'sqlite', fact: 'reopened' },
  ];
  for (const { name, shop, fact, wanted } of moments) {
    it(`stops everything and removes its folder when it is interrupted ${name}`, limit, async () => {
      await using performance = await perform(['--once', '--json', '--shop', shop, ...small]);
      await performance.until(fact, wanted);
      performance.process.kill('SIGINT');
      const { code } = await performance.ended;
      assert.equal(code, 130);
      await assertNothingIsLeft(performance);
    });
  }

  it('stays up with its page until Ctrl-C, which then is a good end', limit, async () => {
    await using performance = await perform(['--json', '--shop', 'sqlite', ...small]);
    const { url } = await performance.until('staying');
    const page = await fetch(String(url));
    assert.equal(page.status, 200);
    assert.match(await page.text(), /Web shop/);
    performance.process.kill('SIGINT');
    const { code } = await performance.ended;
    assert.equal(code, 0);
    await assertNothingIsLeft(performance);
    await assert.rejects(fetch(String(url)), 'nobody answers any more');
  });

  it('keeps the folder with the repository when asked, and still stops everything', limit, async () => {
    await using performance = await perform(['--once', '--keep', '--json', '--shop', 'postgresql', ...small]);
    const { code, stderr } = await performance.ended;
    assert.equal(code, 0, stderr);
    const { folder } = await performance.until('closing');
    assert.ok((await readdir(join(String(folder), 'octobox', 'repository'))).includes('config.bin.age'));
    assert.deepEqual(await processesOf(performance.temporary), []);
  });

  it('fails when the shop cannot be opened again, and leaves nothing', limit, async () => {
    await using performance = await perform(['--once', '--json', '--shop', 'sqlite', ...small]);
    await performance.until('chapter');
    const writer = await writerOf(performance);
    process.kill(writer, 'SIGKILL');
    const { code, stderr } = await performance.ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the shop's application has ended/);
    await assertNothingIsLeft(performance);
  });

  it('refuses an address that makes no sense before anything is made', limit, async () => {
    await using performance = await perform(['--once', '--listen', 'nonsense', '--shop', 'sqlite']);
    const { code, stderr } = await performance.ended;
    assert.equal(code, 1);
    assert.match(stderr, /^octobox: --listen: expected host:port/m);
    await assertNothingIsLeft(performance);
  });
});

/** The process id of the shop's application, a child of the demo. */
async function writerOf(performance: Performance): Promise<number> {
  for (const entry of await processesOf(performance.temporary)) {
    const pid = Number(entry.split(' ')[0]);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === performance.process.pid && entry.includes('writer')) return pid;
  }
  throw new Error('the shop has no application');
}
