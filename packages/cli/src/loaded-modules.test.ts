import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Tells on standard error, when the process ends, what it has loaded. */
const teller = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  process.on('exit', () => writeSync(2, loaded.map((url) => 'loaded ' + url + '\\n').join('')));
`)}`;

/** Packages that cost more than all of the command itself, each for one kind of storage, source or report. */
const HEAVY =
  /node_modules\/(@aws-sdk|@smithy|ssh2|pg|kysely|hono|@hono|zod|pdfkit|qrcode|croner|nodemailer)\//;

describe('what a command loads', () => {
  let folder: string;
  let repository: string;

  const loadedBy = async (...args: string[]): Promise<string[]> => {
    const main = resolve(import.meta.dirname, 'main.ts');
    const { stderr } = await exec(process.execPath, ['--import', teller, main, '-r', repository, ...args], {
      env: { ...process.env, RESTIC_PASSWORD: 'a password', HOME: folder },
    });
    return stderr.split('\n').flatMap((line) => /^loaded (.*)$/.exec(line)?.[1] ?? []);
  };
  const among = (loaded: readonly string[], pattern: RegExp): string[] =>
    loaded.filter((url) => pattern.test(url));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-loaded-'));
    repository = join(folder, 'repository');
    await loadedBy('init');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is for a list of snapshots its own room, and no other verb, layer or library', async () => {
    const loaded = await loadedBy('snapshots');
    assert.ok(among(loaded, /\/store\/repository\.ts$/).length === 1, 'the list of modules is told');
    assert.deepEqual(among(loaded, HEAVY), []);
    assert.deepEqual(among(loaded, /node_modules\/(koffi|@koromix|cli-progress|require-addon)\//), []);
    assert.deepEqual(
      among(loaded, /\/repository\/src\/(index|(backup|restore|mirror|repair|copy)\/.*)\.ts$/),
      [],
    );
    assert.deepEqual(among(loaded, /\/storage\/src\/(index|layers\/(age|crypt|rekey)\/.*)\.ts$/), []);
  });

  it('is for a backup of files neither another verb nor what it does not store with', async () => {
    const loaded = await loadedBy('backup', '--dry-run', import.meta.dirname);
    assert.ok(among(loaded, /\/backup\/files\.ts$/).length === 1, 'the list of modules is told');
    assert.deepEqual(among(loaded, HEAVY), []);
    assert.deepEqual(among(loaded, /\/repository\/src\/(index|(check|mirror|repair|copy).*)\.ts$/), []);
    assert.deepEqual(among(loaded, /\/storage\/src\/(index|layers\/(age|crypt|rekey)\/.*)\.ts$/), []);
  });

  it('is for a check neither a backup nor a restore', async () => {
    const loaded = await loadedBy('check');
    assert.ok(
      among(loaded, /\/repository\/src\/check\/check\.ts$/).length === 1,
      'the list of modules is told',
    );
    assert.deepEqual(among(loaded, HEAVY), []);
    assert.deepEqual(
      among(loaded, /\/repository\/src\/(index\.ts$|(backup|mirror|repair|copy)\/|restore\/restore\.ts$)/),
      [],
    );
    assert.deepEqual(among(loaded, /\/storage\/src\/(index|layers\/(age|crypt|rekey)\/.*)\.ts$/), []);
  });

  it('is for a server neither a backup, a restore nor a prune before a job needs it, nor the API before somebody asks', async () => {
    const main = resolve(import.meta.dirname, 'main.ts');
    const free = { OCTOBOX_LISTEN: '127.0.0.1:0', OCTOBOX_CONSOLE_LISTEN: '127.0.0.1:0' };
    const server = spawn(process.execPath, ['--import', teller, main, 'serve'], {
      env: { ...process.env, ...free, HOME: folder, OCTOBOX_DATA: join(folder, 'data') },
    });
    let told = '';
    server.stderr.on('data', (bytes: Buffer) => {
      told += bytes.toString();
    });
    // It serves as soon as it says where.
    await once(server.stdout, 'data');
    server.stdout.resume();
    server.kill('SIGTERM');
    await once(server, 'close');
    const loaded = told.split('\n').flatMap((line) => /^loaded (.*)$/.exec(line)?.[1] ?? []);
    assert.ok(among(loaded, /\/open-platform\.ts$/).length === 1, 'the list of modules is told');
    assert.deepEqual(
      among(
        loaded,
        /\/repository\/src\/(index\.ts$|(backup|forget|prune|check|mirror|repair|copy|rewrite|archive)\/|restore\/restore\.ts$)/,
      ),
      [],
    );
    assert.deepEqual(
      among(
        loaded,
        /node_modules\/(better-auth|@hono\/zod-openapi|nodemailer|openid-client)\/|\/api\/routes\//,
      ),
      [],
    );
  });

  it('is for a server none of its libraries where they were joined', async () => {
    const root = resolve(import.meta.dirname, '../../..');
    const joined = join(folder, 'joined');
    await exec(process.execPath, [join(root, 'packages/server/src/joined/join-packages.ts'), joined]);
    const main = resolve(import.meta.dirname, 'main.ts');
    const { stderr } = await exec(process.execPath, ['--import', teller, main, 'serve', '--help'], {
      env: { ...process.env, OCTOBOX_JOINED: joined },
    });
    const loaded = stderr.split('\n').flatMap((line) => /^loaded (.*)$/.exec(line)?.[1] ?? []);
    assert.ok(among(loaded, /\/joined\/kysely\.mjs$/).length === 1, 'it is taken from there');
    assert.deepEqual(among(loaded, /node_modules\/(kysely|hono|@hono|zod|yaml|croner)\//), []);
  });
});
