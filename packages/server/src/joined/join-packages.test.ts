import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** But for types. */
const anImport = /(?:^(?:import (?!type)[^';]*?|\} )from |\bimport\()'([^'.][^']*)'/gm;
const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';

describe('the joined libraries', () => {
  let folder: string;
  let index: Readonly<Record<string, string>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-joined-'));
    await run(process.execPath, [resolve(import.meta.dirname, 'join-packages.ts'), folder]);
    index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  const joined = (name: string) => import(pathToFileURL(join(folder, index[name] ?? '')).href);

  it('are all that the server imports of these packages, so that there is one of each', async () => {
    const packages = new Set(Object.keys(index).map(packageOf));
    const imported = new Set<string>();
    const src = resolve(import.meta.dirname, '..');
    for await (const file of glob('**/*.ts', { cwd: src })) {
      if (/(\.test|-stage|-contract)\.ts$|testing\//.test(file)) continue;
      const text = await readFile(join(src, file), 'utf8');
      for (const [, name = ''] of text.matchAll(anImport))
        if (packages.has(packageOf(name))) imported.add(name);
    }
    assert.deepEqual([...imported].sort(), Object.keys(index).sort());
  });

  it('export what the libraries export', async () => {
    const names = (module: object) => Object.keys(module).filter((name) => name !== 'module.exports');
    for (const name of Object.keys(index)) {
      assert.deepEqual(names(await joined(name)).sort(), names(await import(name)).sort(), name);
    }
  });

  it('know each other: a shape of one is a shape for the other', async () => {
    const [{ z }, openapi] = [await joined('zod'), await joined('@hono/zod-openapi')];
    assert.equal(openapi.z.ZodType, z.ZodType);
  });
});
