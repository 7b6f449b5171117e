import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const house = resolve(import.meta.dirname, '../../..');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the launcher', () => {
  let folder: string;
  let clone: string;
  let home: string;

  /** This machine's environment (npm's settings may live there), with a home folder that is empty. */
  const environment = (): NodeJS.ProcessEnv => {
    const { NODE_TEST_CONTEXT: _, OCTOBOX_NODE: __, ...machine } = process.env;
    return { ...machine, HOME: home };
  };

  const octobox = async (args: string[], env: Record<string, string> = {}): Promise<Outcome> => {
    try {
      const { stdout, stderr } = await exec(join(clone, 'octobox'), args, {
        cwd: folder,
        env: { ...environment(), ...env },
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as Outcome;
      return { code, stdout, stderr };
    }
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'octobox-launcher-'));
    clone = join(folder, 'clone');
    home = join(folder, 'home');
    await mkdir(home);
    await exec('git', ['clone', '--quiet', '--no-local', house, clone]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('sets a clean clone up with an empty home folder, and runs', async () => {
    const first = await octobox(['--version']);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /^\d+\.\d+\.\d+$/m);
    assert.match(first.stderr, /installing packages/);
  });

  it('starts at once the second time, and says nothing of set-up', async () => {
    const second = await octobox(['--version']);
    assert.equal(second.code, 0, second.stderr);
    assert.equal(second.stderr, '');
  });

  it('works through a symbolic link and from another folder', async () => {
    const link = join(folder, 'link');
    await exec('ln', ['-s', 'clone/octobox', link]);
    const { stdout } = await exec(link, ['--version'], {
      cwd: '/',
      env: environment(),
    });
    assert.match(stdout, /^\d+\./);
  });

  it('passes arguments and the exit code on', async () => {
    const outcome = await octobox(['no such verb']);
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /no such verb/);
  });

  it('refuses a Node that is too old, and says which is needed', async () => {
    const old = join(folder, 'old-node');
    await writeFile(old, '#!/bin/sh\necho v18.0.0\n');
    await chmod(old, 0o755);
    const outcome = await octobox(['--version'], { OCTOBOX_NODE: old });
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /is not Node 26 or newer/);
  });

  it('says what to do when npm cannot install', async () => {
    await rm(join(clone, 'node_modules'), { recursive: true });
    const outcome = await octobox(['--version'], {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: join(folder, 'empty-cache'),
      npm_config_fetch_retries: '0',
    });
    assert.equal(outcome.code, 1);
    assert.match(outcome.stderr, /npm could not install what is needed/);
    assert.match(outcome.stderr, /registry reachable/);
  });
});
