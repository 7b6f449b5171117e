import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { it } from 'node:test';
import {
  type LyingProxy,
  type S3Server,
  startLyingProxy,
  startRestServer,
  startS3Server,
} from '@octobox/storage/testing';
import { jsonLines, Workshop } from '../testing/octobox.ts';

interface Use {
  readonly requests: Readonly<Record<string, number>>;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly errors: number;
  readonly retries: number;
  readonly request_seconds: number;
  readonly pause_seconds: number;
}

it('what was asked of a remote place is told by every verb that moves data', async () => {
  await using shop = await Workshop.withRepository();
  await using there = new AsyncDisposableStack();
  const s3: S3Server = await startS3Server();
  there.defer(() => s3.stop());
  const proxy: LyingProxy = await startLyingProxy(s3.url);
  there.defer(() => proxy.stop());
  const rest = await startRestServer();
  there.defer(() => rest.stop());
  await writeFile(shop.at('file'), 'x'.repeat(2_000_000));
  await writeFile(shop.at('other'), Buffer.alloc(1000, 7));

  const env = { ...s3.environment, RESTIC_FROM_PASSWORD: shop.access.RESTIC_PASSWORD ?? '' };
  const remote = ['-r', `s3:${proxy.url}/bucket/shop`, '--layers', 'none'];
  const call = async (...args: string[]): Promise<{ stdout: string; stderr: string }> => {
    const done = await shop.call(args, { env });
    assert.equal(done.code, 0, `${args.join(' ')}: ${done.stderr}`);
    return done;
  };
  const summary = async (...args: string[]): Promise<Readonly<Record<string, unknown>>> =>
    jsonLines((await call(...args, '--json')).stdout).at(-1) ?? {};

  await call(...remote, 'init');
  let isBusy = true;
  proxy.plan = ({ method, path }) => {
    if (!isBusy || method !== 'PUT' || !path.includes('/data/')) return undefined;
    isBusy = false;
    return 'busy';
  };
  const first = (await summary(...remote, 'backup', shop.at('file'))).storage as Use;
  assert.ok((first.requests.write ?? 0) >= 4, 'packs of data and folders, index, snapshot, lock');
  assert.ok(first.bytes_up > 500 && first.bytes_down > 0 && first.request_seconds > 0);
  assert.equal(first.retries, 1);
  assert.ok(first.errors >= 1 && first.pause_seconds > 0);

  const { stdout, stderr } = await call(...remote, '--verbose', 'backup', shop.at('file'), shop.at('other'));
  assert.match(
    stderr,
    /^s3:.*: \d+ requests \(.*\d+ to read, \d+ to write.*\); .* up, .* down\n {2}.* in requests together, /m,
  );
  assert.doesNotMatch(stdout, /requests/);

  const asked = async (...args: string[]): Promise<Use> => (await summary(...args)).storage as Use;
  assert.ok((await asked(...remote, 'check', '--read-data')).bytes_down > 500);
  assert.ok((await asked(...remote, 'restore', 'latest', '--target', shop.at('back'))).requests.read);
  assert.ok((await asked(...remote, 'prune')).requests.list);

  const mirrored = await summary(
    ...remote,
    'mirror',
    '--to',
    `rest:${rest.url}`,
    '--to-layers',
    'none',
    '--yes',
  );
  assert.ok((mirrored.storage as Use).bytes_down > 500);
  assert.ok((mirrored.to_storage as Use).bytes_up > 500);

  const local = ['-r', shop.repository];
  const copied = await summary(...[...local, 'copy', '--from-repo', `rest:${rest.url}`]);
  assert.equal(copied.storage, undefined, 'a disk is not measured');
  assert.ok((copied.from_storage as Use).requests.read);
  await rm(shop.at('back'), { recursive: true });
});
