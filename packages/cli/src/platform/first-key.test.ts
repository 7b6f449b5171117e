import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@octobox/sources/testing';
import { Workshop } from '../testing/octobox.ts';

const entry = fileURLToPath(new URL('../main.ts', import.meta.url));
const patienceMs = 120_000;

describe('nodes that are started at one moment on an empty PostgreSQL database', {
  timeout: 2 * patienceMs,
}, () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let shop: Workshop;
  const children: ChildProcess[] = [];
  before(async () => {
    [server, shop] = await Promise.all([startPostgres(), Workshop.open()]);
    await writeFile(shop.at('octobox.yaml'), 'jobs: { lease: 10s }\n');
    await writeFile(shop.at('password'), 'of everybody\n', { mode: 0o600 });
  });
  after(async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await shop[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** One `octobox serve`: what it said, once it has started or ended. */
  async function serve(folder: string): Promise<{ started: boolean; said: string }> {
    const child = spawn(process.execPath, [entry, 'serve', '--json', '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: shop.at('home'),
        DATABASE_URL: server.location('postgres').replace('@', `:${encodeURIComponent(server.password)}@`),
        OCTOBOX_DATA: shop.at(folder),
        OCTOBOX_CONFIG: shop.at('octobox.yaml'),
        OCTOBOX_CONSOLE_LISTEN: '127.0.0.1:0',
        OCTOBOX_LAYERS: 'none',
        RESTIC_REPOSITORY: shop.at('repository'),
        RESTIC_PASSWORD_FILE: shop.at('password'),
      },
    });
    children.push(child);
    let [out, said] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const end = Date.now() + patienceMs;
    while (!out.includes('"started"') && child.exitCode === null && child.signalCode === null) {
      assert.ok(Date.now() < end, `nothing came of it: ${said}`);
      await delay(20);
    }
    return { started: out.includes('"started"'), said };
  }
  const keysIn = async (folder: string): Promise<string[]> =>
    (await readdir(shop.at(folder))).filter((name) => /^vault.*\.pem|\.new$/.test(name));

  it('leave one key, in the folder of whoever was first; the others say to copy it, and are well once that is done', async () => {
    const folders = ['shared', 'shared', 'alone', 'apart'];
    const nodes = await Promise.all(folders.map(async (folder) => ({ folder, ...(await serve(folder)) })));
    assert.ok(nodes.every(({ started }) => started));
    const holders: string[] = [];
    for (const folder of new Set(folders)) if ((await keysIn(folder)).length > 0) holders.push(folder);
    assert.equal(holders.length, 1, holders.join());
    const [first = ''] = holders;
    for (const { folder, said } of nodes) {
      if (folder === first) assert.doesNotMatch(said, /vault-key/);
      else assert.match(said, /"server\.vault-(key-missing|wrong-key)".*copy (vault\.pem|that of one)/);
    }
    for (const folder of new Set(folders)) {
      if (folder === first) continue;
      await cp(shop.at(first, 'vault.pem'), shop.at(folder, 'vault.pem'), {
        errorOnExist: true,
        force: false,
      });
      await cp(shop.at(first, 'vault.pub'), shop.at(folder, 'vault.pub'));
      const { started, said } = await serve(folder);
      assert.ok(started);
      assert.doesNotMatch(said, /vault-/);
    }
  });
});
