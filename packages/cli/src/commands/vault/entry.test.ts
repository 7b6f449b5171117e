import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jsonLines, Workshop } from '../../testing/octobox.ts';

const canary = 'Canary0815qwertz';
const main = fileURLToPath(new URL('../../main.ts', import.meta.url));

/** As a service manager that would keep every core dump starts it. */
function serve(shop: Workshop) {
  const script = 'ulimit -c unlimited; exec "$@"';
  const child = spawn('sh', ['-c', script, 'sh', process.execPath, main, 'serve', '--json'], {
    cwd: shop.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env.PATH, HOME: shop.at('home'), OCTOBOX_DATA: shop.at('data') },
      ...{ TMPDIR: shop.at('tmp'), OCTOBOX_LOG_LEVEL: 'trace' },
      ...{ OCTOBOX_LISTEN: '127.0.0.1:0', OCTOBOX_CONSOLE_LISTEN: '127.0.0.1:0' },
    },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return { child, said: () => said };
}

/** Whether a program that is aborted leaves a core dump in its folder here; the limits of a machine may forbid that. */
async function dumpsCores(shop: Workshop): Promise<boolean> {
  const cwd = await shop.folderFor('control');
  await once(spawn('sh', ['-c', 'ulimit -c unlimited; kill -ABRT $$'], { cwd, stdio: 'ignore' }), 'close');
  return (await readdir(cwd)).length > 0;
}

describe('what members keep, by the command', () => {
  it('comes by standard input alone, and is in no argument, file, log or core dump of a server that crashes', async () => {
    await using shop = await Workshop.open();
    await shop.folderFor('tmp');
    const { child, said } = serve(shop);
    const ended = once(child, 'close');
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const { console, set_up_link_file } = JSON.parse(line);
      const token = (await readFile(set_up_link_file, 'utf8')).trim().split('/').at(-1);
      const owner = {
        name: 'Ada',
        email: 'ada@example.com',
        organisation: 'Engines',
        password: 'three owls on a fence',
      };
      await fetch(`${console}/setup/${token}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: console },
        body: new URLSearchParams(owner),
      });

      const ada = ['--owner', 'ada@example.com'];
      const added = shop.start(['vault', 'entry', 'add', 'Mail', ...ada, '--secret-file', '-', '-vv']);
      added.child.stdin?.end(`${canary}\n`);
      const seen = await readFile(`/proc/${added.child.pid}/cmdline`, 'utf8');
      const outcomes = [await added.ended];
      assert.match(outcomes[0]?.stdout ?? '', /^Mail: added$/m);
      const replaced = ['vault', 'entry', 'replace', 'Mail', '--secret-file', shop.at('secret')];
      assert.equal((await shop.call(replaced)).code, 1);
      for (const verb of ['entry list', 'grants', 'openings', 'status'])
        outcomes.push(await shop.call(['vault', ...verb.split(' ')]));
      assert.match(outcomes[3]?.stdout ?? '', /^opened without a grant: 0$/m);
      for (const { code, stdout, stderr } of outcomes) {
        assert.equal(code, 0, stderr);
        assert.ok(!(stdout + stderr).includes(canary));
      }
      const [status] = jsonLines((await shop.call(['status', '--json'])).stdout) as unknown as [
        { general: readonly { kind: string; state: string }[] },
      ];
      assert.deepEqual(
        status.general.map(({ kind, state }) => [kind, state]),
        [['opened-by-leave', 'kept']],
      );
      const limits = await readFile(`/proc/${child.pid}/limits`, 'utf8');
      assert.match(limits, /^Max core file size +1 +1 /m);
      child.kill('SIGABRT');
      assert.deepEqual(await ended, [null, 'SIGABRT']);
      const files = (await readdir(shop.folder, { recursive: true, withFileTypes: true })).filter((file) =>
        file.isFile(),
      );
      if (await dumpsCores(shop)) assert.ok(!files.some(({ name }) => /^core\b/.test(name)));
      for (const { parentPath, name } of files) {
        assert.ok(!(await readFile(join(parentPath, name))).includes(canary), name);
      }
      assert.ok(!(seen + said()).includes(canary));
      const removed = await shop.call(['vault', 'entry', 'remove', 'Mail', '--yes']);
      assert.equal(removed.code, 0, removed.stderr);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
});
