import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { configFrom } from '../../platform/index.ts';
import { RepositoryKeeper, type RepositorySettings } from './repository-keeper.ts';

describe('the keeper of the repository', () => {
  let folder: string;
  let settings: RepositorySettings;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-keeper-'));
    settings = configFrom({
      env: { OCTOBOX_LAYERS: 'none' },
      dataFolder: folder,
      file: undefined,
    }).repository;
    await new RepositoryKeeper(settings).init();
  });
  after(() => rm(folder, { recursive: true }));

  it('derives the key once for all who open it at the same time', async () => {
    const keeper = new RepositoryKeeper(settings);
    const opened = await Promise.all(Array.from({ length: 4 }, () => keeper.open()));
    assert.equal(new Set(opened.map(({ keys }) => keys)).size, 1);
    await Promise.all(opened.map((repository) => repository.close()));
  });

  it('lets the others try when the first one fails, and nobody wait longer than he wants', async () => {
    const keeper = new RepositoryKeeper(settings);
    const aside = `${settings.passwordFile}.aside`;
    await rename(settings.passwordFile, aside);
    const failing = await Promise.allSettled([keeper.open(), keeper.open()]);
    assert.deepEqual(
      failing.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await rename(aside, settings.passwordFile);
    const first = keeper.open();
    const impatient = keeper.open(AbortSignal.abort(new Error('no longer wanted')));
    await assert.rejects(impatient, /no longer wanted/);
    await (await first).close();
  });
});
