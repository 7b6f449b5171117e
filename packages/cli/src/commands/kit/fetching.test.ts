import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { describeKit, type Kit } from '@octobox/recovery-kit';
import { addUser, startRestServer } from '@octobox/rest-server';
import { openStorage, type Storage, type StoredFile } from '@octobox/storage';
import {
  put,
  type S3Server,
  type SftpServer,
  startS3Server,
  startSftpServer,
} from '@octobox/storage/testing';

const run = promisify(execFile);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** What a killed change of keys leaves, in the layers that most repositories have. */
const file = (kind: StoredFile['kind'], more = '') => {
  const bytes = randomBytes(kind === 'data' ? 300_000 : 100);
  const name = kind === 'config' ? '' : hash('sha256', bytes);
  return { file: { kind, name: `${name}.bin.age${more}` }, bytes };
};
const stays = [
  ...Array.from({ length: 3 }, () => file('data')),
  file('index'),
  file('snapshot'),
  file('key'),
];
const [aside, alone] = [file('data'), file('data', '.next')];
const config = file('config', '.next');
const lock = file('lock');
const everything = [
  ...[...stays, aside, alone, config, lock],
  { file: { ...aside.file, name: `${aside.file.name}.next` }, bytes: randomBytes(100) },
];

const pathOf = ({ kind, name }: StoredFile): string => {
  const folders = {
    data: `data/${name.slice(0, 2)}/`,
    index: 'index/',
    snapshot: 'snapshots/',
    key: 'keys/',
  };
  return kind === 'config' ? `config${name}` : `${folders[kind as keyof typeof folders]}${name}`;
};
const expected = [...stays, aside, alone, config]
  .map(({ file, bytes }) => [pathOf(file).replace(/\.next$/, ''), hash('sha256', bytes)])
  .sort();

async function contents(folder: string): Promise<string[][]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const hashed = paths.map(async (path) => [relative(folder, path), hash('sha256', await readFile(path))]);
  return (await Promise.all(hashed)).sort();
}

const fill = async (storage: Storage): Promise<void> => {
  await storage.create();
  for (const { file, bytes } of everything) await put(storage, file, bytes);
  await storage.close();
};

const kitOf = (location: string, access: Kit['access'] = {}): Kit => ({
  custodian: 'server',
  set: '1a2b3c4d',
  made: new Date(),
  repositoryId: 'ab'.repeat(32),
  location,
  copies: [],
  layers: ['crypt', 'age'],
  fingerprints: {},
  secrets: { cryptPassword: 'password' },
  access,
});

describe('the commands of a kit bring every file, as after the end of a change of keys,', () => {
  let root: string;
  let s3: S3Server;
  let sftp: SftpServer;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'octobox-fetching-'));
    [s3, sftp] = await Promise.all([startS3Server(), startSftpServer()]);
  });
  after(async () => {
    await Promise.all([s3.stop(), sftp.stop()]);
    await rm(root, { recursive: true, force: true });
  });

  const fetched = async (kit: Kit, environment: Record<string, string> = {}): Promise<string[][]> => {
    const cwd = await mkdtemp(join(root, 'empty-'));
    const env = { PATH: process.env.PATH, HOME: cwd, ...environment };
    await run('sh', ['-c', describeKit(kit).fetching.commands.join('\n')], { cwd, env });
    return contents(join(cwd, '0-as-stored'));
  };

  it('from a folder', async () => {
    const location = join(root, "it's a folder");
    await fill(await openStorage(location));
    await writeFile(join(location, 'tmp/left'), 'by a killed backup');
    assert.deepEqual(await fetched(kitOf(location)), expected);
  });

  it('from S3', async () => {
    const storage = await openStorage(`s3:${s3.url}/bucket/a prefix/b`, { environment: s3.environment });
    await fill(storage);
    assert.deepEqual(await fetched(kitOf(storage.location, s3.environment)), expected);
    assert.deepEqual(
      await fetched(kitOf(storage.location), { ...s3.environment }),
      expected,
      'by another custodian',
    );
  });

  it('from SFTP', async () => {
    const options = new Map([
      ['sftp.identity', sftp.identity],
      ['sftp.known-hosts', sftp.knownHosts],
    ]);
    const location = `sftp://${userInfo().username}@127.0.0.1:${sftp.port}/${sftp.folder}/a copy`;
    const storage = await openStorage(location, { options });
    await fill(storage);
    const key = { RCLONE_SFTP_KEY_FILE: sftp.identity };
    assert.deepEqual(await fetched(kitOf(storage.location), key), expected);
  });

  it('from a REST server, and fail when the server lacks one of them', async () => {
    const [users, served] = [join(root, 'users'), join(root, 'served')];
    const login = { RESTIC_REST_USERNAME: 'web', RESTIC_REST_PASSWORD: 'a "long\\ & odd" one' };
    await mkdir(served);
    await addUser(users, { name: login.RESTIC_REST_USERNAME, password: login.RESTIC_REST_PASSWORD });
    const folder = join(served, 'web/shop');
    await mkdir(dirname(folder));
    await fill(await openStorage(folder));
    const server = await startRestServer({
      ...{ root: served, users, log: quiet },
      host: '127.0.0.1',
      port: 0,
    });
    try {
      const location = `rest:${server.url}web/shop/`;
      assert.deepEqual(await fetched(kitOf(location, login)), expected);
      await assert.rejects(fetched(kitOf(location, { ...login, RESTIC_REST_PASSWORD: 'wrong' })));
      await rm(join(folder, pathOf(config.file)));
      await assert.rejects(fetched(kitOf(location, login)));
    } finally {
      await server.close(0);
    }
  });
});
