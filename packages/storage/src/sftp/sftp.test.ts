import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { FileExistsError } from '../errors.ts';
import type { OpenStorageOptions } from '../open-options.ts';
import { openStorage } from '../open-storage.ts';
import { describeStorage, names, put, randomName } from '../testing/contract.ts';
import { type SftpServer, startSftpServer, whyNoPassword } from '../testing/sftp-server.ts';
import { SftpStorage } from './sftp.ts';

let server: SftpServer;
before(async () => {
  server = await startSftpServer();
});
after(() => server.stop());

const options = (more: [string, string][] = []): OpenStorageOptions => ({
  environment: {},
  options: new Map([['sftp.identity', server.identity], ['sftp.known-hosts', server.knownHosts], ...more]),
});
const newFolder = (): string => join(server.folder, randomName().slice(0, 12));
const at = (folder: string): string => `//${server.user}@127.0.0.1:${server.port}/${folder}`;
const opened = (folder: string, more?: [string, string][]): SftpStorage =>
  new SftpStorage(at(folder), options(more));
const config = { kind: 'config', name: '' } as const;

describeStorage('SFTP', async () => {
  const storage = opened(join(newFolder(), 'deep'));
  return { storage, cleanup: () => storage.close() };
});

describe('a folder on an SFTP server', () => {
  it('has the layout of a local one, open to its owner only', async () => {
    const folder = newFolder();
    await using storage = disposable(opened(folder));
    await storage.create();
    const name = randomName();
    await put(storage, { kind: 'data', name }, Buffer.from('content'));
    assert.deepEqual((await readdir(folder)).sort(), ['data', 'index', 'keys', 'locks', 'snapshots', 'tmp']);
    assert.equal((await stat(join(folder, 'keys'))).mode & 0o777, 0o700);
    const file = join(folder, 'data', name.slice(0, 2), name);
    assert.equal(await readFile(file, 'utf8'), 'content');
    assert.equal((await stat(file)).mode & 0o777, 0o400);
    assert.deepEqual(await readdir(join(folder, 'tmp')), []);
  });

  it('takes and gives back files of many megabytes whole', async () => {
    const folder = newFolder();
    await using storage = disposable(opened(folder));
    await storage.create();
    const bytes = randomBytes(5_000_003);
    const file = { kind: 'data', name: randomName() } as const;
    await put(storage, file, bytes);
    assert.ok(bytes.equals(await storage.read(file)));
    assert.ok(
      bytes
        .subarray(1_000_000, 3_500_000)
        .equals(await storage.read(file, { offset: 1_000_000, length: 2_500_000 })),
    );
  });

  it('never replaces a file, not even one that another client wrote meanwhile', async () => {
    const folder = newFolder();
    await using storage = disposable(opened(folder));
    await storage.create();
    const name = randomName();
    const writer = await storage.writer('key');
    await writer.append(Buffer.from('mine'));
    await writeFile(join(folder, 'keys', name), 'of somebody else');
    await assert.rejects(writer.commit(name), FileExistsError);
    assert.equal(await readFile(join(folder, 'keys', name), 'utf8'), 'of somebody else');
    assert.deepEqual(await readdir(join(folder, 'tmp')), []);
  });

  it('makes a missing folder of data, never a missing root', async () => {
    const folder = newFolder();
    await using storage = disposable(opened(folder));
    await storage.create();
    const name = randomName();
    await rm(join(folder, 'data', name.slice(0, 2)), { recursive: true });
    await rm(join(folder, 'tmp'), { recursive: true });
    await put(storage, { kind: 'data', name }, Buffer.from('x'));
    assert.deepEqual(await names(storage, 'data'), [name]);
    await rm(folder, { recursive: true });
    await assert.rejects(put(storage, { kind: 'data', name }, Buffer.from('x')), { code: 'storage.missing' });
    await assert.rejects(names(storage, 'snapshot'), { code: 'storage.missing' });
    await assert.rejects(stat(folder));
  });

  it('removes what a killed writer left, and leaves what is not its own', async () => {
    const folder = newFolder();
    await using storage = disposable(opened(folder));
    await storage.create();
    const script = `
      const { temporaryName } = await import(${JSON.stringify(new URL('../temporary-files.ts', import.meta.url).href)});
      console.log(temporaryName());`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [name] = await once(child.stdout, 'data');
    await once(child, 'exit');
    const leftover = String(name).trim();
    await writeFile(join(folder, 'tmp', leftover), 'half');
    await writeFile(join(folder, 'tmp', 'notes'), '');
    await put(storage, { kind: 'data', name: randomName() }, Buffer.from('x'));
    assert.deepEqual(await readdir(join(folder, 'tmp')), ['notes']);
  });

  it('is reached again after the connection was cut, in the middle of writing too', async () => {
    const folder = newFolder();
    await using storage = disposable(
      await openStorage(`sftp:${at(folder)}`, { ...options(), retry: { firstDelayMs: 20 } }),
    );
    await storage.create();
    const bytes = randomBytes(3_000_000);
    const file = { kind: 'data', name: randomName() } as const;
    const writer = await storage.writer('data');
    await writer.append(bytes.subarray(0, 2_000_000));
    await server.cut();
    await writer.append(bytes.subarray(2_000_000));
    const [committed] = await Promise.allSettled([writer.commit(file.name), server.cut()]);
    assert.equal(committed.status, 'fulfilled');
    assert.ok(bytes.equals(await storage.read(file)));
    await server.cut();
    assert.deepEqual(await names(storage, 'data'), [file.name]);
  });
});

describe('logging in over SFTP', () => {
  it('refuses a host that is not known, shows its fingerprint, and says what to do', async () => {
    const empty = join(server.folder, 'empty_known_hosts');
    await writeFile(empty, '');
    await using storage = disposable(opened(newFolder(), [['sftp.known-hosts', empty]]));
    await assert.rejects(storage.stat(config), (error: Error & { code?: string; advice?: string }) => {
      assert.equal(error.code, 'storage.untrusted');
      assert.match(error.message, /not known; it shows the key SHA256:/);
      assert.match(error.advice ?? '', /ssh-keyscan -p \d+ 127\.0\.0\.1 >> /);
      return true;
    });
    assert.equal(await readFile(empty, 'utf8'), '', 'nothing is accepted by itself');
  });

  it('refuses a host that shows another key, also against a pinned fingerprint', async () => {
    const other = join(server.folder, 'other_known_hosts');
    const [, type, key] = (await readFile(server.knownHosts, 'utf8')).trim().split(' ');
    const changed = Buffer.from(key ?? '', 'base64');
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await writeFile(other, `[127.0.0.1]:${server.port} ${type} ${changed.toString('base64')}\n`);
    await using storage = disposable(opened(newFolder(), [['sftp.known-hosts', other]]));
    await assert.rejects(storage.stat(config), { code: 'storage.untrusted', message: /another key/ });
    await using pinned = disposable(opened(newFolder(), [['sftp.host-key', `SHA256:${'A'.repeat(43)}`]]));
    await assert.rejects(pinned.stat(config), { code: 'storage.untrusted' });
  });

  it('accepts a pinned fingerprint without known_hosts', async () => {
    const shown =
      execFileSync('ssh-keygen', ['-lf', server.knownHosts], { encoding: 'utf8' }).split(' ')[1] ?? '';
    await using storage = disposable(
      opened(newFolder(), [
        ['sftp.known-hosts', '/nonexistent'],
        ['sftp.host-key', shown],
      ]),
    );
    await assert.rejects(storage.stat(config), { code: 'storage.file-missing' });
  });

  it('tells apart a wrong key, a missing key, and nothing to log in with', async () => {
    const stranger = join(server.folder, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    await using wrong = disposable(opened(newFolder(), [['sftp.identity', stranger]]));
    await assert.rejects(wrong.stat(config), {
      code: 'storage.credentials',
      message: /does not let this user in/,
    });
    assert.throws(() => opened(newFolder(), [['sftp.identity', '/nonexistent/key']]), {
      code: 'storage.credentials',
      message: /cannot be read/,
    });
    const home = join(server.folder, 'home');
    await mkdir(home, { recursive: true });
    assert.throws(() => new SftpStorage(at('/x'), { environment: { HOME: home } }), {
      code: 'storage.credentials',
      message: /nothing to log in with/,
    });
  });

  it('takes keys from an agent, and a key with a passphrase', async () => {
    const locked = join(server.folder, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', locked]);
    const authorized = join(server.identity, '..', 'authorized_keys');
    await writeFile(authorized, await readFile(`${locked}.pub`), { flag: 'a' });
    assert.throws(() => opened(newFolder(), [['sftp.identity', locked]]), { code: 'storage.credentials' });
    const known: [string, string] = ['sftp.known-hosts', server.knownHosts];
    await using withPassphrase = disposable(
      new SftpStorage(at(newFolder()), {
        environment: { OCTOBOX_SFTP_PASSPHRASE: 'open sesame' },
        options: new Map([['sftp.identity', locked], known]),
      }),
    );
    await assert.rejects(withPassphrase.stat(config), { code: 'storage.file-missing' });

    const socket = join(server.folder, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      await once(agent.stdout, 'data');
      execFileSync('ssh-add', ['-q', server.identity], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: 'ignore',
      });
      await using withAgent = disposable(
        new SftpStorage(at(newFolder()), {
          environment: { SSH_AUTH_SOCK: socket, HOME: server.folder },
          options: new Map([known]),
        }),
      );
      await assert.rejects(withAgent.stat(config), { code: 'storage.file-missing' });
    } finally {
      agent.kill();
    }
  });

  it('takes a password, and tells that one is wrong without showing it', {
    skip: whyNoPassword() ?? false,
  }, async () => {
    const guarded = await startSftpServer({ withPassword: true });
    const login = (password: string): SftpStorage & AsyncDisposable =>
      disposable(
        new SftpStorage(`//${guarded.user}@127.0.0.1:${guarded.port}/${guarded.folder}/new`, {
          environment: { HOME: guarded.folder, OCTOBOX_SFTP_PASSWORD: password },
          options: new Map([['sftp.known-hosts', guarded.knownHosts]]),
        }),
      );
    try {
      await using storage = login(guarded.password ?? '');
      await storage.create();
      await put(storage, config, Buffer.from('let in'));
      assert.equal(Buffer.from(await storage.read(config)).toString(), 'let in');
      await using wrong = login('guessed-password');
      await assert.rejects(wrong.stat(config), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'storage.credentials');
        assert.doesNotMatch(inspect(error, { depth: 9 }), /guessed-password/);
        return true;
      });
    } finally {
      await guarded.stop();
    }
  });

  it('tells at once that nothing answers', async () => {
    await using storage = disposable(await openStorage(`sftp://${server.user}@127.0.0.1:1//srv`, options()));
    await assert.rejects(storage.stat(config), { code: 'storage.unreachable' });
  });

  it('does not know options of other programs', () => {
    assert.throws(() => opened('/x', [['sftp.command', 'ssh']]), {
      code: 'storage.options',
      message: /sftp\.command/,
    });
  });
});

function disposable<S extends { close(): Promise<void> }>(storage: S): S & AsyncDisposable {
  return Object.assign(storage, { [Symbol.asyncDispose]: () => storage.close() });
}
