import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { jsonLines, Workshop } from '../testing/octobox.ts';

describe('octobox backup', () => {
  let shop: Workshop;
  before(async () => {
    shop = await Workshop.withRepository();
    await mkdir(shop.at('src/sub'), { recursive: true });
    await writeFile(shop.at('src/a.txt'), 'a');
    await writeFile(shop.at('src/sub/b.log'), 'b');
    await writeFile(shop.at('src/we[ird*'), 'w');
  });
  after(() => shop[Symbol.asyncDispose]());

  const count = async (): Promise<number> => (await readdir(shop.at('repository/snapshots'))).length;
  const files = async (): Promise<string[]> =>
    (await shop.onRepository(['ls', 'latest', '-q'])).stdout.trim().split('\n');

  it('reads nothing again that has not changed', async () => {
    await shop.onRepository(['backup', 'src']);
    const [summary] = jsonLines((await shop.onRepository(['backup', 'src', '--json'])).stdout).slice(-1);
    assert.equal(summary?.files_unmodified, 3);
    assert.equal(summary?.data_added, 0);
  });

  it('names what is new, modified and unchanged when told twice to say more, also in a dry run', async () => {
    const host = ['--host', 'names'];
    await shop.onRepository(['backup', 'src/sub', 'src/a.txt', ...host]);
    await writeFile(shop.at('src/sub/new.txt'), 'new');
    await writeFile(shop.at('src/a.txt'), 'other');
    try {
      const dry = ['backup', 'src/sub', 'src/a.txt', ...host, '--dry-run'];
      const { stdout } = await shop.onRepository([...dry, '-vv']);
      const first = new RegExp(
        `^new {7}${shop.at('src/sub/new.txt')}, 3 B, 3 B added \\(\\d+ B stored\\)$`,
        'm',
      );
      assert.match(stdout, first);
      assert.match(stdout, new RegExp(`^modified  ${shop.at('src/a.txt')}, 5 B, 5 B added `, 'm'));
      assert.match(stdout, new RegExp(`^unchanged ${shop.at('src/sub/b.log')}, 1 B$`, 'm'));
      assert.match(stdout, new RegExp(`^modified  ${shop.at('src/sub')}/, \\d+ B added `, 'm'));
      const items = jsonLines((await shop.onRepository([...dry, '--json', '--verbose=2'])).stdout).filter(
        ({ message_type }) => message_type === 'verbose_status',
      );
      const named = items.find(({ item }) => item === shop.at('src/sub/new.txt'));
      assert.deepEqual([named?.action, named?.size], ['new', 3]);
      assert.doesNotMatch((await shop.onRepository([...dry, '-v'])).stdout, /new\.txt/);
    } finally {
      await rm(shop.at('src/sub/new.txt'));
      await writeFile(shop.at('src/a.txt'), 'a');
    }
  });

  it('says of each file and folder what it added, which is all that was added but the root', async () => {
    await mkdir(shop.at('sizes/inner'), { recursive: true });
    await writeFile(shop.at('sizes/large'), randomBytes(17_000_000));
    await writeFile(shop.at('sizes/inner/small'), randomBytes(100));
    const { stdout } = await shop.onRepository(['backup', 'sizes', '-vv', '--json']);
    const lines = jsonLines(stdout);
    const summary = lines.find(({ message_type }) => message_type === 'summary');
    const items = lines.filter(({ message_type }) => message_type === 'verbose_status');
    const large = items.find(({ item }) => item === shop.at('sizes/large'));
    assert.deepEqual([large?.data_size, large?.metadata_size], [17_000_000, 0]);
    const sum = (...names: string[]): number =>
      items.reduce((all, item) => names.reduce((bytes, name) => bytes + Number(item[name]), all), 0);
    const root = await shop.onRepository(['cat', 'tree', `${summary?.snapshot_id}:/`]);
    assert.equal(sum('data_size', 'metadata_size') + root.stdout.length, summary?.data_added);
    const stored = sum('data_size_in_repo', 'metadata_size_in_repo');
    assert.ok(stored > 17_000_000 && stored < Number(summary?.data_added_packed));
    const again = await shop.onRepository(['backup', 'sizes', '-vv', '--json']);
    const same = jsonLines(again.stdout).filter(({ message_type }) => message_type === 'verbose_status');
    assert.ok(
      same.length === items.length &&
        same.every(({ data_size, duration }) => data_size === 0 && duration !== undefined),
    );
  });

  it('prints nothing when it is to be quiet and all is well', async () => {
    for (const more of [[], ['--skip-if-unchanged'], ['--dry-run']]) {
      const { code, stdout, stderr } = await shop.onRepository(['backup', 'src', '-q', ...more]);
      assert.deepEqual([code, stdout, stderr], [0, '', '']);
    }
  });

  it('writes no snapshot when nothing changed and none is wanted then', async () => {
    await shop.onRepository(['backup', 'src', '--host', 'quiet']);
    const before = await count();
    const same = ['backup', 'src', '--host', 'quiet', '--skip-if-unchanged'];
    const { code, stdout } = await shop.onRepository(same);
    assert.equal(code, 0);
    assert.match(stdout, /nothing has changed: no snapshot was written/);
    const [summary] = jsonLines((await shop.onRepository([...same, '--json'])).stdout).slice(-1);
    assert.equal(summary?.snapshot_id, undefined);
    assert.equal(await count(), before);
    const elsewhere = ['backup', 'src', '--host', 'new', '--group-by', 'paths', '--no-scan', '--json'];
    const [compared] = jsonLines((await shop.onRepository(elsewhere)).stdout).slice(-1);
    assert.equal(compared?.files_unmodified, 3);
    assert.equal((await shop.onRepository(['backup', 'src', '--force', '--skip-if-unchanged'])).code, 1);
  });

  it('a missing source is named, the others are saved, and the exit code is 3', async () => {
    const { code, stdout, stderr } = await shop.onRepository(['backup', 'src', 'nowhere']);
    assert.equal(code, 3);
    assert.match(stderr, /nowhere does not exist/);
    assert.match(stderr, /1 item could not be read/);
    assert.match(stdout, /snapshot [0-9a-f]{8} saved/);
  });

  it('writes no snapshot when nothing that is named exists', async () => {
    const before = await count();
    const { code, stderr } = await shop.onRepository(['backup', 'nowhere']);
    assert.equal(code, 1);
    assert.match(stderr, /no snapshot was written/);
    assert.equal(await count(), before);
  });

  it('leaves out what patterns name, and takes lists of files as they are written', async () => {
    await writeFile(shop.at('patterns'), '# logs are of no use\n*.log\n\n');
    await shop.onRepository(['backup', 'src', '--exclude-file', 'patterns']);
    assert.ok(!(await files()).some((path) => path.endsWith('.log')));

    await writeFile(shop.at('patterns'), '${KIND}*\n$NO_SUCH_KIND/**\n');
    const unset = await shop.onRepository(['backup', 'src', '--exclude-file', 'patterns'], {
      env: { KIND: '*.l' },
    });
    assert.equal(unset.code, 1);
    assert.match(unset.stderr, /\$NO_SUCH_KIND is not set/);
    const set = { KIND: '*.l', NO_SUCH_KIND: '/nowhere' };
    await shop.onRepository(['backup', 'src', '--exclude-file', 'patterns'], { env: set });
    assert.ok(!(await files()).some((path) => path.endsWith('.log')));

    await writeFile(shop.at('list'), 'src/a*\n');
    await shop.onRepository(['backup', '--files-from', 'list']);
    assert.ok((await files()).some((path) => path.endsWith('/a.txt')));

    const raw = await shop.onRepository(['backup', '--files-from-raw', '-'], { input: 'src/we[ird*\0' });
    assert.equal(raw.code, 0, raw.stderr);
    assert.ok((await files()).some((path) => path.endsWith('we[ird*')));

    const cut = await shop.onRepository(['backup', '--files-from-raw', '-'], { input: 'src/a.txt' });
    assert.equal(cut.code, 1);
    assert.match(cut.stderr, /NUL/);
  });

  it('saves standard input under the name that is given', async () => {
    const { code } = await shop.onRepository(['backup', '--stdin', '--stdin-filename', 'db/shop.sql'], {
      input: 'create table\n',
    });
    assert.equal(code, 0);
    assert.equal((await shop.onRepository(['dump', 'latest', '/db/shop.sql'])).stdout, 'create table\n');
    const [snapshot] = JSON.parse(
      (await shop.onRepository(['snapshots', '--json', '--path', '/db/shop.sql'])).stdout,
    );
    assert.deepEqual(snapshot.paths, ['/db/shop.sql']);
  });

  const failures: [string, string[], RegExp][] = [
    ['an empty standard input', ['--stdin'], /standard input is empty/],
    [
      'a program that fails half-way',
      ['--stdin-from-command', '--', 'sh', '-c', 'echo half; exit 3'],
      /exit code 3/,
    ],
    ['a program that prints nothing', ['--stdin-from-command', '--', 'true'], /printed nothing/],
    ['a program that is not there', ['--stdin-from-command', '--', 'no-such-program'], /does not exist/],
    [
      'a program that is killed',
      ['--stdin-from-command', '--', 'sh', '-c', 'echo half; kill -9 $$'],
      /SIGKILL/,
    ],
  ];
  for (const [what, args, message] of failures) {
    it(`${what} never looks like a backup`, async () => {
      const before = await count();
      const { code, stderr } = await shop.onRepository(['backup', ...args]);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.equal(await count(), before);
    });
  }

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} ends it cleanly: no lock, no snapshot, exit code ${expected}`, async () => {
      const before = await count();
      const { child, ended } = shop.start(['backup', '--stdin'], { env: shop.access });
      // The lock is there as soon as it reads.
      child.stdin?.write(Buffer.alloc(4_000_000, 'x'));
      await untilLocked(shop);
      child.kill(signal);
      const { code, stderr } = await ended;
      assert.equal(code, expected, stderr);
      assert.deepEqual(await readdir(shop.at('repository/locks')), []);
      assert.equal(await count(), before);
    });
  }

  it('goes on when restic asks by SIGHUP whether it still runs', async () => {
    const { child, ended } = shop.start(['backup', '--stdin'], { env: shop.access });
    child.stdin?.write(Buffer.alloc(4_000_000, 'x'));
    await untilLocked(shop);
    execFileSync('restic', ['--no-cache', 'unlock'], { env: { ...process.env, ...shop.access } });
    assert.equal((await readdir(shop.at('repository/locks'))).length, 1);
    child.stdin?.end();
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
  });

  it('a terminal that is closed ends it cleanly', { timeout: 120_000 }, async () => {
    const before = await count();
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const terminal = spawn(
      'script',
      ['-qec', `'${process.execPath}' '${main}' backup --stdin`, '/dev/null'],
      {
        stdio: ['pipe', 'ignore', 'ignore'],
        env: { ...process.env, OCTOBOX_DATA: shop.at('data'), ...shop.access },
      },
    );
    await untilLocked(shop);
    terminal.kill('SIGKILL');
    await untilUnlocked(shop);
    assert.equal(await count(), before);
  });

  it('SIGUSR1 shows how far it is, as in restic, and opens no debugger', async () => {
    const { child, ended } = shop.start(['backup', '--stdin'], { env: shop.access });
    // More than one chunk, and no end.
    child.stdin?.write(Buffer.alloc(20_000_000, 'x'));
    await untilLocked(shop);
    // What says that it was heard: progress is shown as soon as there is some.
    const seen = new Promise<void>((resolve) => {
      child.stderr?.on('data', (text: string) => {
        if (text.includes('backing up')) resolve();
      });
    });
    const asking = setInterval(() => child.kill('SIGUSR1'), 50);
    await seen;
    clearInterval(asking);
    child.stdin?.end();
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /backing up: .* MiB, .* files, 0:0/);
    assert.doesNotMatch(stderr, /Debugger|ws:/);
  });

  it('refuses what contradicts itself', async () => {
    for (const args of [
      ['--stdin', 'src'],
      ['--stdin', '--stdin-from-command', 'true'],
      ['--force', '--parent', 'latest', 'src'],
      ['--stdin', '--dry-run'],
    ]) {
      const { code, stderr } = await shop.onRepository(['backup', ...args]);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, /exclude each other|cannot be combined/);
    }
  });

  it('a file that cannot be read is named, the rest is saved, and the exit code is 3', async () => {
    // The memory of a thread from its first byte on can be read by nobody, not even by root.
    const unreadable = ['/proc/self/task', '-e', '/proc/self/task/*/*', '-e', '!/proc/self/task/*/mem'];
    const { code, stdout, stderr } = await shop.onRepository(['backup', ...unreadable, 'src']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /\/proc\/self\/task\/\d+\/mem: /);
    assert.match(stdout, /snapshot [0-9a-f]{8} saved/);
    assert.ok((await files()).some((path) => path.endsWith('/a.txt')));
    const asJson = await shop.onRepository(['backup', ...unreadable, 'src', '--json']);
    const messages = jsonLines(asJson.stderr);
    assert.equal(messages[0]?.message_type, 'error');
    assert.match(String(messages[0]?.item), /mem$/);
    assert.equal(messages.at(-1)?.code, 3);
  });
});

const untilLocked = (shop: Workshop): Promise<void> => untilLocks(shop, (count) => count > 0);
const untilUnlocked = (shop: Workshop): Promise<void> => untilLocks(shop, (count) => count === 0);

async function untilLocks(shop: Workshop, isSo: (count: number) => boolean): Promise<void> {
  while (!isSo((await readdir(shop.at('repository/locks'))).length)) await setTimeout(20);
}
