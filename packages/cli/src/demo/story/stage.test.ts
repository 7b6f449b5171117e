import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { raisePlatform } from './stage.ts';

test('two demos that begin at once each get an address', async () => {
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'octobox-stage-'))));
  try {
    const platforms = await Promise.all(folders.map((folder) => raisePlatform(folder, undefined)));
    await using stack = new AsyncDisposableStack();
    for (const platform of platforms) stack.use(platform);
    const pages = await Promise.all(platforms.map((platform) => platform.startPages()));
    assert.equal(new Set(pages.map(({ url }) => url)).size, 2);
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true });
  }
});
