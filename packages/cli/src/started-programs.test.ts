import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const launcher = resolve(import.meta.dirname, '../../../octobox');

describe('a program that the command starts', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-started-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** The settings of Node and of the memory allocator that a password program sees. */
  const seen = async (name: string, given: Record<string, string>): Promise<string[]> => {
    const file = join(folder, name);
    const { MALLOC_ARENA_MAX: _, ...env } = process.env;
    await exec(
      launcher,
      [
        '-r',
        join(folder, `${name}-repository`),
        '--password-command',
        `sh -c 'env > ${file}; echo secret'`,
        'init',
      ],
      { env: { ...env, HOME: folder, ...given } },
    );
    const lines = (await readFile(file, 'utf8')).split('\n');
    return lines.filter((line) => /^(MALLOC|NODE_COMPILE_CACHE|OCTOBOX_OWN)/.test(line));
  };

  it('does not inherit what the launcher tunes for itself', async () => {
    assert.deepEqual(await seen('tuned', {}), []);
  });

  it('inherits what the user has set', async () => {
    assert.deepEqual(await seen('given', { MALLOC_ARENA_MAX: '7' }), ['MALLOC_ARENA_MAX=7']);
  });
});
